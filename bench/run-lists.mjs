// npm run bench -- listing: the lists that clients ask for, among a million runs of ten thousand jobs, on a PostgreSQL of
// its own. One job has 50,000 of the runs. Milliseconds of a query with its total, from within this process.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { importTypescript } from '../scripts/lib/import-typescript.mjs'
import { root } from '../scripts/lib/paths.mjs'
import { listenToQueries, withManyJobs } from './many-jobs.mjs'
import { percentile } from './server.mjs'

const day = 86_400_000
const ended = ['success', 'error', 'cancelled']
const page = (column, descending, limit = 100) => ({ limit, offset: 0, ordering: { column, descending } })
const lately = (days) => ({ from: new Date(Date.now() - days * day), to: new Date() })

/** Each list is named by its question and the client that asks it. */
const lists = {
  'latest run of a job (Airflow)': [{ jobId: 1 }, page('created_at', true, 1)],
  'live runs of a job (Airflow)': [{ jobId: 1, statuses: ['queued', 'starting', 'running'] }, page('created_at', true)],
  'latest success of a job (dbt-loom)': [{ jobId: 1, statuses: ['success'] }, page('finished_at', true, 1)],
  'latest end of a job (OpenMetadata)': [{ jobId: 1 }, page('finished_at', true, 1)],
  'runs of a job in ten days (OpenMetadata)': [{ jobId: 1, created: lately(10) }, page('created_at', true)],
  'successes of a job (dbt-mcp)': [{ jobId: 1, statuses: ['success'] }, page('id', true)],
  'ended in 17 days (Dagster)': [{ finished: lately(17) }, page('finished_at', false)],
  'runs of a project': [{ projectIds: [3] }, page('id', true)],
  'runs of an environment': [{ environmentId: 3 }, page('id', true)],
  'account, ended in an error (a third)': [{ statuses: ['error'] }, page('id', true)],
  'account, changed last (tap-dbt)': [{}, page('updated_at', true)],
  'account, as it comes': [{}, page('id', false)],
}

/** A count of the whole account has to look at all matches; elsewhere at most 50,000 runs match. */
export const listLimits = {
  ...Object.fromEntries(Object.keys(lists).map((name) => [p99(name), name.startsWith('account, ') ? 200 : 25])),
  [p99('a run by its id')]: 5,
}

export async function measureRunLists({ repeats = 200, warmUps = 20 } = {}) {
  return await withRuns(async ({ database, listRuns, findRun }) => {
    const figures = {}
    const measure = async (name, ask) => {
      const times = []
      for (let n = -warmUps; n < repeats; n++) {
        const began = performance.now()
        await ask(n + warmUps)
        if (n >= 0) times.push(performance.now() - began)
      }
      figures[`${name}, p50 ms`] = percentile(times, 0.5)
      figures[p99(name)] = percentile(times, 0.99)
    }
    for (const [name, [filter, paging]] of Object.entries(lists))
      await measure(name, () => listRuns(database.db, account, filter, paging))
    // Each another one: a server keeps those that have ended.
    await measure('a run by its id', (n) =>
      findRun(database.db, 1, Math.floor((manyRuns * (n + 1)) / (repeats + warmUps + 1))),
    )
    return figures
  })
}

/** Writes how PostgreSQL reads each list into bench/run-list-plans.md. */
async function writePlans() {
  const sections = await withRuns(async ({ database, listRuns }) => {
    const asked = listenToQueries()
    const written = []
    for (const [name, [filter, paging]] of Object.entries(lists)) {
      await listRuns(database.db, account, filter, paging)
      const { text, values } = asked.at(-1)
      const { rows } = await database.pool.query(`explain (costs off) ${text}`, values)
      const plan = rows.map((row) => `    ${row['QUERY PLAN']}`).join('\n')
      written.push(`## ${name}\n\n${plan}\n`)
    }
    return written
  })
  const intro = [
    '# How PostgreSQL reads lists of runs',
    '',
    'Made by `node bench/run-lists.mjs --plans` among a million runs of ten thousand jobs: what `explain` says of each list that',
    '[clients ask for](../docs/performance.md#lists-of-runs). `InitPlan` is the exact total. Only live runs are sorted: they are few.',
    'Where it says `Filter`, rows are passed over until the page is full.',
    '',
  ]
  writeFileSync(path.join(root, 'bench/run-list-plans.md'), [...intro, ...sections].join('\n'))
}

const manyRuns = 1_000_000
const account = { accountId: 1, projectIds: null }

async function withRuns(work) {
  const queries = await importTypescript('src/runs/run-queries.ts')
  return await withManyJobs({ poolSize: 2, fill }, (database) => work({ database, ...queries }))
}

function p99(name) {
  return `${name}, p99 ms`
}

async function fill(client) {
  await client.query(
    `insert into runs (account_id, project_id, environment_id, job_id, status, cause, cause_category, serial_key, created_at,
       updated_at, started_at, finished_at, claimed_at, released_at, dbt_version, triggered_by, locked_by)
     select 1, 1 + job % 20, 1 + job % 40, job, case when job = 1 then 'success' else ($2::text[])[1 + n % 3] end,
       'Triggered via Apache Airflow by task x in the y DAG.', 'api', 'job:' || job, at, at + interval '5 minutes',
       at + interval '1 second', at + interval '4 minutes', at, at + interval '4 minutes', '1.11.0',
       '{"type": "service_token", "id": 1, "name": "Airflow", "ip": "10.0.0.1"}', 'worker'
     from (
       select n, case when n % 20 = 0 then 1 else 2 + (n::bigint * 7919) % 9999 end as job,
         now() - interval '365 days' * (1 - n::float / $1) as at
       from generate_series(1, $1::integer) n
     ) as run`,
    [manyRuns, ended],
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--plans')) await writePlans()
  else console.table(await measureRunLists())
}
