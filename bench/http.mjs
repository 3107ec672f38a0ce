// Requests a second of one `stratus serve`, with PostgreSQL and the load beside it on the same machine, over TLS.
// Writes wait for the disk: this PostgreSQL has fsync. No worker runs, so that triggered runs just queue.
import { fork, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { findFreePort, somewhere } from '../scripts/lib/free-port.mjs'
import { importTypescript } from '../scripts/lib/import-typescript.mjs'
import { root } from '../scripts/lib/paths.mjs'
import { startPostgres } from '../test/support/database/postgres-server.mjs'
import { percentile, scratchFolder, sleep, startServer } from './server.mjs'

const token = 'bench-token-bench-token-bench-token'
/** Stoplight Prism, which needs a newer Node than this project. */
const mock = ['node@24.21.0', '@stoplight/prism-cli@5.16.0']

export const servingFloors = {
  'GET run, requests/s': 3000,
  'GET run, each over a new TLS connection, requests/s': 400,
  'POST run, requests/s': 600,
  'GET run, Stratus / Prism, requests/s': 1,
}

export const servingLimits = {
  'GET run, p99 ms': 30,
  'POST run, p99 ms': 60,
  'authentication and permissions, p50 ms': 0.1,
}

export async function measureServing({ seconds = 10 } = {}) {
  const postgres = await startPostgres({ settings: ['fsync=on'] })
  try {
    const server = await startServer(['serve', '--migrate', '--no-worker', '--data-dir', scratchFolder('serve')], {
      DATABASE_URL: postgres.url,
      STRATUS_ADMIN_TOKEN: token,
      STRATUS_RATE_LIMIT: '0',
      STRATUS_MAX_QUEUED_PER_JOB: '0',
      STRATUS_MAX_QUEUED_PER_TOKEN: '0',
      STRATUS_LOG_LEVEL: 'warn',
    })
    try {
      const ids = await fill(postgres.url)
      const { url, ca_file: caFile } = server.ready
      const target = { url, ca: readFileSync(caFile, 'utf8'), seconds }
      return {
        ...(await measureReads(target, server.pid, ids)),
        ...(await measureTriggers(target, server.pid, ids)),
        ...(await measureAccess(postgres.url)),
        ...(await measureAgainstMock(target, ids)),
      }
    } finally {
      await server.stop()
    }
  } finally {
    await postgres.stop()
  }
}

async function measureReads(target, pid, ids) {
  const read = (id) => ({ ...target, request: request('GET', `/runs/${id}/`, target.url), connections: 50 })
  await load({ ...read(ids.ended), seconds: 15 }, pid) // until it is compiled
  const kept = await load(read(ids.ended), pid)
  const live = await load(read(ids.queued), pid)
  const fresh = await load({ ...read(ids.ended), fresh: true, connections: 20 }, pid)
  return {
    ...figures('GET run', kept),
    ...figures('GET run, live', live),
    ...figures('GET run, each over a new TLS connection', fresh),
  }
}

async function measureTriggers(target, pid, ids) {
  const body = '{"cause": "Triggered via Apache Airflow by task x in the y DAG."}'
  const task = { ...target, connections: 20 }
  const post = { ...task, request: request('POST', `/jobs/${ids.job}/run/`, target.url, body) }
  await load({ ...post, seconds: 5 }, pid) // warming up
  return figures('POST run', await load(post, pid))
}

/** Ours speaks TLS, which the mock has not. Each takes its turn twice, so that a change of the machine's load meets both. */
async function measureAgainstMock(target, ids) {
  const prism = await startMock()
  const task = (url) => ({ ...target, url, request: request('GET', `/runs/${ids.ended}/`, url), connections: 50 })
  try {
    await load({ ...task(prism.url), seconds: 5 }) // warming up
    const [ours, theirs] = [[], []]
    for (let round = 0; round < 2; round++) {
      ours.push((await load(task(target.url))).perSecond)
      theirs.push((await load(task(prism.url))).perSecond)
    }
    return {
      'GET run, Stoplight Prism without TLS, requests/s': mean(theirs),
      'GET run, Stratus / Prism, requests/s': mean(ours) / mean(theirs),
    }
  } finally {
    await prism.stop()
  }
}

/** Server time of a token's check and of its permissions, by the functions that every request goes through. */
async function measureAccess(databaseUrl) {
  const { authenticate } = await importTypescript('src/api/http/authenticate.ts')
  const { authorize } = await importTypescript('src/api/http/authorize.ts')
  const { openDatabase } = await importTypescript('src/db/database.ts')
  const database = await openDatabase({ kind: 'postgres', url: databaseUrl, poolSize: 2 })
  try {
    const limits = { rate: { count() {} }, badTokens: {} }
    const incoming = { headers: { authorization: `Token ${token}` }, params: { account_id: '1', run_id: '1' } }
    const times = []
    for (let n = 0; n < 20_000; n++) {
      const began = performance.now()
      const caller = await authenticate(database, limits, incoming)
      await authorize(database, { permission: 'runs:read' }, incoming, caller)
      times.push(performance.now() - began)
    }
    return { 'authentication and permissions, p50 ms': percentile(times, 0.5) }
  } finally {
    await database.close()
  }
}

function request(method, route, url, body = '') {
  const head = [
    `${method} /api/v2/accounts/1${route} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    `Authorization: Token ${token}`,
    'Content-Type: application/json',
    'User-Agent: stratus-bench',
    ...(body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

/** Runs the load in a process of its own; with a server's process id, says how busy both were. */
async function load(task, pid) {
  const child = fork(path.join(root, 'bench/load.mjs'))
  const before = pid === undefined ? 0 : cpuSecondsOf(pid)
  const result = await new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`the load generator ended with ${code}`)))
    child.send(task)
  })
  const server = pid === undefined ? 0 : cpuSecondsOf(pid) - before
  return { ...result, serverMs: (server * 1000) / result.count, loadMs: (result.cpuSeconds * 1000) / result.count }
}

/** Reads from /proc what a process has used so far, where it stands in hundredths of a second. */
function cpuSecondsOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function figures(name, { perSecond, p50, p99, serverMs, loadMs }) {
  return {
    [`${name}, requests/s`]: perSecond,
    [`${name}, p50 ms`]: p50,
    [`${name}, p99 ms`]: p99,
    [`${name}, the server's CPU, ms`]: serverMs,
    [`${name}, the load generator's CPU, ms`]: loadMs,
  }
}

/** A project, an environment and a job, an ended run and a queued one. */
async function fill(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const insert = async (text) => (await client.query(text)).rows[0].id
  const project = await insert(
    `insert into projects (account_id, name, git_url) values (1, 'Bench', 'https://git.invalid/bench.git') returning id`,
  )
  const environment = await insert(
    `insert into environments (account_id, project_id, name) values (1, ${project}, 'Production') returning id`,
  )
  const job = await insert(
    `insert into jobs (account_id, project_id, environment_id, name, execute_steps)
     values (1, ${project}, ${environment}, 'Build', array['dbt build']) returning id`,
  )
  const run = (status, columns, values) =>
    insert(
      `insert into runs (account_id, project_id, environment_id, job_id, status, cause, cause_category, serial_key, triggered_by
         ${columns})
       values (1, ${project}, ${environment}, ${job}, '${status}', 'Bench', 'api', 'job:${job}',
         '{"type": "service_token", "id": 1, "name": "Airflow", "ip": "10.0.0.1"}' ${values}) returning id`,
    )
  const ended = await run(
    'success',
    ', dbt_version, locked_by, started_at, finished_at, claimed_at, released_at',
    `, '1.11.0', 'worker', now(), now(), now(), now()`,
  )
  const queued = await run('queued', '', '')
  await client.end()
  return { job, ended, queued }
}

async function startMock() {
  const port = await findFreePort(somewhere())
  const file = path.join(root, 'openapi/dbt-cloud-v2.yaml')
  const args = ['prism', 'mock', '--port', String(port), '--verboseLevel', 'fatal', file]
  const child = spawn('npx', ['-y', ...mock.flatMap((name) => ['-p', name]), '--', ...args], {
    cwd: scratchFolder('mock'),
    detached: true, // npx, the shell and the mock end together
    stdio: 'ignore',
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const url = `http://127.0.0.1:${port}`
  const stop = async () => {
    process.kill(-child.pid)
    await exited
  }
  for (let attempt = 0; attempt < 600; attempt++) {
    if (child.exitCode !== null) throw new Error(`npx ${mock.join(' ')} ended with ${child.exitCode}`)
    const answers = await fetch(`${url}/api/v2/accounts/1/runs/1/`).then(
      () => true,
      () => false, // not up yet
    )
    if (answers) return { url, stop }
    await sleep(500)
  }
  await stop()
  throw new Error('the mock did not answer within five minutes')
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
