import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { startPostgres } from '../test/support/database/postgres-server.mjs'
import { createClient, scratchFolder, sleep, startServer } from './server.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const token = 'a-token-of-forty-characters-for-a-bench'
const program = path.join(root, 'dist/stratus.js')
const seconds = 90

/** A run counts as one wrong line more when it does not succeed. */
export const restartLimits = {
  'PostgreSQL restarted 20 times within a run of 90 s: wrong lines in its log': 0,
  'PostgreSQL gone for 45 s within a run of 90 s: wrong lines in its log': 0,
}

/** A program that says ten lines a second for 90 s, in a worker whose PostgreSQL is stopped and started meanwhile. */
export async function measureRestarts() {
  const [restarted, gone] = Object.keys(restartLimits)
  return {
    [restarted]: await countWrongLines(async (postgres) => {
      for (let restart = 0; restart < 20; restart++) {
        await sleep(2000)
        await postgres.halt()
        await sleep(1000)
        await postgres.start()
      }
    }),
    [gone]: await countWrongLines(async (postgres) => {
      await sleep(10_000)
      await postgres.halt()
      await sleep(45_000)
      await postgres.start()
    }),
  }
}

async function countWrongLines(disturb) {
  const folder = scratchFolder('restarts')
  const postgres = await startPostgres()
  const environment = {
    PATH: `${path.join(root, 'test/fixtures/chatty-dbt')}:${process.env.PATH}`,
    DATABASE_URL: postgres.url,
    SLOW_DBT_LOG: path.join(folder, 'events'),
    SLOW_DBT_SECONDS: String(seconds),
    STRATUS_ADMIN_TOKEN: token,
    STRATUS_SECRET_KEY: randomBytes(32).toString('base64'),
    STRATUS_PROJECT_ROOTS: folder,
    STRATUS_DATA_DIR: path.join(folder, 'data'),
    STRATUS_PASS_ENV: 'SLOW_DBT_LOG,SLOW_DBT_SECONDS',
  }
  const server = await startServer(['serve', '--migrate', '--no-worker'], environment)
  const { STRATUS_ADMIN_TOKEN: _, ...ofWorker } = environment
  const worker = spawn(process.execPath, [program, 'work'], {
    env: { ...process.env, ...ofWorker },
    stdio: 'ignore',
  })
  const client = createClient(server.ready, token)
  try {
    applyProject(folder, server.ready)
    const [job] = await client.call('GET', '/jobs/')
    const { id } = await client.call('POST', `/jobs/${job.id}/run/`, { cause: 'bench' })
    await disturb(postgres)
    return wrongLines(await untilEnded(client, id))
  } finally {
    client.close()
    worker.kill('SIGKILL')
    await server.stop('SIGKILL')
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function applyProject(folder, { url, ca_file: caFile }) {
  const project = path.join(folder, 'project')
  mkdirSync(project)
  writeFileSync(path.join(project, 'dbt_project.yml'), 'name: chatty\nprofile: chatty\n')
  writeFileSync(
    path.join(project, 'profiles.yml'),
    'chatty:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: ":memory:", threads: 1 }\n',
  )
  const environments = [{ name: 'Production', jobs: [{ name: 'Build', execute_steps: ['dbt build'] }] }]
  const file = path.join(folder, 'stratus.yml')
  writeFileSync(file, JSON.stringify({ projects: [{ name: 'Chatty', path: project, environments }] }))
  const env = { ...process.env, STRATUS_URL: url, STRATUS_TOKEN: token, STRATUS_CA_FILE: caFile }
  execFileSync(process.execPath, [program, 'apply', '-f', file], { env, stdio: 'pipe' })
}

/** The run with its logs. A server without its database refuses; it is asked again. */
async function untilEnded(client, id) {
  const route = `/runs/${id}/?include_related=${encodeURIComponent('["run_steps","debug_logs"]')}`
  for (;;) {
    const run = await client.call('GET', route).catch(() => undefined)
    if (run?.is_complete) return run
    await sleep(500)
  }
}

/** Counts the lines that are missing, there twice or out of their place, and one more for a run that did not succeed. */
function wrongLines(run) {
  const said = run.run_steps.at(-1).logs.match(/^line \d+$/gm) ?? []
  const length = Math.max(said.length, seconds * 10)
  const wrong = Array.from({ length }, (_, at) => said[at] === `line ${at}`).filter((isRight) => !isRight).length
  return wrong + (run.is_success ? 0 : 1)
}
