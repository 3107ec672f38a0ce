import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, percentile, scratchFolder, startServer, untilFinished } from './server.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const dbtBin = path.join(root, '.stratus/venv-dbt/bin')

const sample = path.join(root, 'examples/coffee_roastery')

/** Runs of the sample project through the API, in place and from git, against a bare `dbt build` of it, in turn, all with a warm parse. */
export async function measureOverhead({ rounds = 12 } = {}) {
  const folder = scratchFolder('overhead')
  const [served, bare] = [path.join(folder, 'served'), path.join(folder, 'bare')]
  for (const copy of [served, bare]) cpSync(sample, copy, { recursive: true })
  const repository = makeRepository(path.join(folder, 'repository'))
  const environment = { PATH: `${dbtBin}:${process.env.PATH}` }
  const server = await startServer(
    ['dev', writeDocument(folder, { served, repository }), '--data-dir', path.join(folder, 'data')],
    environment,
  )
  const client = createClient(server.ready, server.ready.token)
  const ways = {
    alone: () => timed(() => build(bare, environment)),
    path: () => timedRun(client, 1),
    git: () => timedRun(client, 2),
  }
  const times = { alone: [], path: [], git: [] }
  try {
    for (let round = 0; round <= rounds; round++) {
      // To and fro, so that none of them has always the same one before it.
      const names = round % 2 === 0 ? Object.keys(times) : Object.keys(times).reverse()
      for (const name of names) {
        const ms = await ways[name]()
        if (round > 0) times[name].push(ms) // in the first the whole project is parsed
      }
    }
  } finally {
    client.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const ratioOf = (through) =>
    percentile(
      through.map((ms, round) => ms / times.alone[round]),
      0.5,
    )
  return {
    'run through the API, median ms': percentile(times.path, 0.5),
    'run from git through the API, median ms': percentile(times.git, 0.5),
    'bare dbt build, median ms': percentile(times.alone, 0.5),
    'run through the API / bare dbt build, median of pairs': ratioOf(times.path),
    'run from git through the API / bare dbt build, median of pairs': ratioOf(times.git),
  }
}

/** The time is the server's own, from trigger to end: a client that asks more often than once a second slows dbt down. */
async function timedRun(client, jobId) {
  const { id } = await client.call('POST', `/jobs/${jobId}/run/`, { cause: 'bench' })
  const run = await untilFinished(client, id, 1000)
  if (!run.is_success) throw new Error(`the run failed: ${run.status_message}`)
  return Date.parse(run.finished_at) - Date.parse(run.created_at)
}

function makeRepository(folder) {
  cpSync(sample, folder, {
    recursive: true,
    filter: (file) => !/\/(target|logs|dbt_packages)$|\.duckdb/.test(path.relative(sample, file)),
  })
  for (const args of [
    ['init', '--quiet'],
    ['add', '.'],
    ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '--quiet', '-m', 'sample'],
  ])
    spawnSync('git', args, { cwd: folder, stdio: 'ignore' })
  return folder
}

/** Answers the folder to serve. */
function writeDocument(folder, { served, repository }) {
  const project = (id, source) => ({
    id,
    name: `Project ${id}`,
    ...source,
    environments: [{ id, name: 'Production', jobs: [{ id, name: 'Build', execute_steps: ['dbt build'] }] }],
  })
  const projects = [project(1, { path: served }), project(2, { git: { url: repository } })]
  const document = path.join(folder, 'document')
  mkdirSync(document)
  writeFileSync(path.join(document, 'stratus.yml'), JSON.stringify({ projects }))
  return document
}

function build(project, environment) {
  const result = spawnSync(path.join(dbtBin, 'dbt'), ['build'], {
    cwd: project,
    env: { ...process.env, ...environment, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' },
    encoding: 'utf8',
  })
  if (result.status !== 0) throw new Error(`dbt build failed: ${result.stdout}${result.stderr}`)
}

function timed(work) {
  const began = performance.now()
  work()
  return performance.now() - began
}
