// Run by `npm run test:full`, and by whoever changed the Dockerfile; proves the image without a container engine.
// It builds it with Debian's buildah on a base made on the spot, runs the server inside, and lets it run a job that is
// asked for from outside over HTTPS.
import { chownSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { imageDefaults, readDockerfile } from '../lib/dockerfile.mjs'
import { findFreePort } from '../lib/free-port.mjs'
import { program, root, stateDir } from '../lib/paths.mjs'
import { PlainError, runMain } from '../lib/plain-error.mjs'
import { waitFor, withPrograms } from '../lib/programs.mjs'
import { capture, outputOf } from '../lib/run-command.mjs'
import { setUp } from '../set-up/set-up.mjs'
import { makeBaseImage } from './base-image.mjs'
import { createBuildah, installImageTools } from './buildah.mjs'
import { describeSize } from './size.mjs'

const dir = path.join(stateDir, 'image')
const base = 'localhost/stratus-base'
const image = 'localhost/stratus'
const userId = 10001

await runMain(async () => {
  await setUp([])
  await installImageTools()
  rmSync(dir, { recursive: true, force: true })
  const buildah = createBuildah(path.join(dir, 'storage'))
  try {
    const result = await withPrograms((programs) => proveImage(programs, buildah))
    if (typeof result === 'number') return result
    console.log(`\n${result.passed} passed, 0 failed`)
    return 0
  } finally {
    // Gigabytes, and of no use without an engine.
    rmSync(path.join(dir, 'storage'), { recursive: true, force: true })
  }
})

async function proveImage(programs, buildah) {
  const dockerfile = readDockerfile(path.join(root, 'Dockerfile'))
  const [, nodeVersion] = /^node:([\d.]+)/.exec(dockerfile.args.BASE_IMAGE)
  await makeBaseImage(buildah, { name: base, nodeVersion })
  const build = ['bud', '--isolation', 'chroot', '--format', 'docker', '--build-arg', `BASE_IMAGE=${base}`]
  await buildah.runWithProgress('image', ...build, '--tag', image, '--file', path.join(root, 'Dockerfile'), root)

  const container = await buildah.run('from', image)
  const mount = await buildah.run('mount', container)
  await describeSize(mount)
  const server = await describeServer(buildah, container, imageDefaults(dockerfile))
  let passed = 1
  const step = async (name, work) => {
    const said = await work()
    passed += 1
    console.log(`  ${name}${said ? `: ${said}` : ''}`)
  }
  console.log('\nInside')
  await step('user', async () => expectOutput(await server.run('id', '-u'), /^10001$/))
  const versions = await server.run('dbt', '--version')
  await step('dbt', async () => expectOutput(versions, /installed: \d+\.\d+\.\d+/))
  await step('DuckDB adapter', async () => expectOutput(versions, /duckdb: +\d+\.\d+\.\d+/))
  await step('PostgreSQL adapter', async () => expectOutput(versions, /postgres: +\d+\.\d+\.\d+/))
  await step('git', async () => expectOutput(await server.run('git', '--version'), /^git version [\d.]+/))
  const marker = path.join(dir, 'marker')
  writeFileSync(marker, '')
  // Longer ago than the clock's grain.
  utimesSync(marker, Date.now() / 1000 - 1, Date.now() / 1000 - 1)
  await step('server, healthy by its own health check', () => startServer(programs, server))
  await step('set-up', async () => {
    await server.run('node', '/opt/stratus/docker/set-up.mjs', ...server.setUpOptions)
  })
  await step('a job, asked for from outside over HTTPS', () => runJob(server))
  await step('nothing was written outside its volume', () => expectUntouched(mount, marker))
  return { passed }
}

async function describeServer(buildah, container, { entrypoint, healthcheck }) {
  const port = await findFreePort(18443)
  const folders = Object.fromEntries(['data', 'trust', 'warehouse', 'tmp'].map((name) => [name, path.join(dir, name)]))
  for (const folder of Object.values(folders)) {
    mkdirSync(folder, { recursive: true })
    chownSync(folder, userId, userId)
  }
  const token = 'an-image-without-secrets'
  const variables = {
    STRATUS_PORT: String(port),
    STRATUS_ADMIN_TOKEN: token,
    STRATUS_PROJECT_ROOTS: '/srv/projects,/srv/warehouse',
    STRATUS_URL: `https://localhost:${port}`,
    STRATUS_TOKEN: token,
    STRATUS_CA_FILE: '/var/lib/stratus/tls/ca.pem',
  }
  const mounts = [
    [folders.data, '/var/lib/stratus'],
    [folders.trust, '/srv/stratus-ca'],
    [folders.warehouse, '/srv/warehouse'],
    [folders.tmp, '/tmp'],
    [path.join(root, 'examples/coffee_roastery'), '/srv/projects/coffee_roastery', 'ro'],
    [path.join(root, 'airflow-dags/include/stratus.yml'), '/etc/stratus/stratus.yml', 'ro'],
  ]
  const options = [
    ...mounts.flatMap((mount) => ['--volume', mount.join(':')]),
    ...Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  ]
  const commandIn = (...command) => buildah.commandIn(container, options, command)
  return {
    command: commandIn(...entrypoint, 'serve', '--embedded', '--migrate'),
    healthcheck: commandIn(...JSON.parse(healthcheck.slice(healthcheck.indexOf('[')))),
    setUpOptions: [
      '--document=/etc/stratus/stratus.yml',
      '--ca-bundle=/var/lib/stratus/tls/ca-bundle.pem',
      '--trust-folder=/srv/stratus-ca',
    ],
    client: { ...variables, STRATUS_CA_FILE: path.join(folders.trust, 'ca-bundle.pem') },
    run: (...command) => outputOf(...commandIn(...command)),
  }
}

async function startServer(programs, server) {
  const running = programs.start('Stratus', ...server.command, { logFile: path.join(dir, 'stratus.log') })
  await waitFor(running, async () => (await capture(...server.healthcheck)).code === 0 || undefined, 120_000)
}

async function runJob(server) {
  const env = { PATH: process.env.PATH, HOME: dir, ...server.client }
  const output = await outputOf(process.execPath, [program, 'run', 'Build'], { cwd: dir, env })
  return output.split('\n').pop()
}

function expectOutput(output, pattern) {
  const found = pattern.exec(output)
  if (!found) throw new PlainError(`expected ${pattern}, got:\n${output}`)
  return found[0]
}

/** With it the root may be read-only. */
async function expectUntouched(mount, marker) {
  const search = [mount, '-xdev', '-type', 'f', '-newer', marker, '-not', '-path', `${mount}/run/*`]
  const { output } = await capture('find', search)
  if (output.trim()) throw new PlainError(`written while it ran:\n${output.replaceAll(mount, '')}`)
}
