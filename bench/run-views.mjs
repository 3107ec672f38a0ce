// npm run bench -- viewing: what the pages ask for, among a million runs of ten thousand jobs, on a PostgreSQL of its own. One job
// has 50,000 of the runs, and thirty of its runs have 5,000 nodes. Milliseconds of all queries of an answer, from within this process.
//
// node bench/run-views.mjs --plans says instead which queries read a whole table of runs or nodes, and how many rows each reads.
import { fileURLToPath } from 'node:url'
import { importTypescript } from '../scripts/lib/import-typescript.mjs'
import { listenToQueries, withManyJobs } from './many-jobs.mjs'
import { percentile } from './server.mjs'

const account = { accountId: 1, projectIds: null }
const manyRuns = 1_000_000
const manyNodes = 5_000
/** The newest run of the job with the many nodes, which failed. */
const largestRun = manyRuns
const ago = (days) => new Date(Date.now() - days * 86_400_000)

const filters = {
  'no filter': {},
  'a status': { statuses: ['error'] },
  'two statuses': { statuses: ['error', 'cancelled'] },
  'a status that no run has': { statuses: ['running'] },
  'a job': { jobIds: [1] },
  'a job and a status': { jobIds: [1], statuses: ['error'] },
  'an environment': { environmentIds: [3] },
  'a project': { projectIds: [3] },
  'a cause': { causes: ['scheduled'] },
  'a cause that no run has': { causes: ['merge'] },
  'a DAG': { dagId: 'dag_7' },
  'a DAG and a task': { dagId: 'dag_7', taskId: 'task_7' },
  'a task': { taskId: 'task_7' },
  'a branch': { branch: 'branch-7' },
  'a branch that no run has': { branch: 'nowhere' },
  'a text that many have': { text: 'amont' },
  'a text that none has': { text: 'nowhere to be found' },
  'a text and a status': { text: 'nowhere to be found', statuses: ['error'] },
  warnings: { withWarnings: true },
  'the last day': { since: ago(1) },
  'a day half a year ago': { since: ago(181), until: ago(180) },
  'a day, a status and a project': { since: ago(181), until: ago(180), statuses: ['error'], projectIds: [3] },
  'twenty jobs': { jobIds: Array.from({ length: 20 }, (_, n) => n + 1) },
}

const listed = (name) => `runs of a page, ${name}, p99 ms`
const counted = (name) => `counts by status, ${name}, p99 ms`
const overview = 'overview of a run with 5,000 nodes, p99 ms'
const timeline = 'timeline of a run with 5,000 nodes, p99 ms'
const jobHistory = 'history of a job, p99 ms'
const nodeHistory = 'history of a node, p99 ms'
const searched = 'search, p99 ms'

export const viewLimits = {
  ...Object.fromEntries(
    Object.keys(filters).flatMap((name) => [
      [listed(name), 100],
      [counted(name), 100],
    ]),
  ),
  [overview]: 30,
  [timeline]: 150,
  [jobHistory]: 100,
  [nodeHistory]: 50,
  [searched]: 50,
}

export async function measureRunViews({ repeats = 200, warmUps = 20 } = {}) {
  return await withRuns(async ({ questions }) => {
    const figures = {}
    for (const [name, ask] of Object.entries(questions)) {
      const times = []
      for (let n = -warmUps; n < repeats; n++) {
        const began = performance.now()
        await ask(n + warmUps)
        if (n >= 0) times.push(performance.now() - began)
      }
      figures[name] = percentile(times, 0.99)
    }
    return figures
  })
}

/** Prints the queries that read a whole large table, or very many rows. */
async function checkPlans() {
  await withRuns(async ({ questions, pool }) => {
    const asked = listenToQueries()
    for (const [name, ask] of Object.entries(questions)) {
      asked.length = 0
      await ask(0)
      let [rows, queries] = [0, 0]
      const found = []
      for (const { text, values } of asked.splice(0)) {
        const explained = await pool.query(`explain (analyze, format json) ${text}`, values)
        queries++
        rows += readRows(explained.rows[0]['QUERY PLAN'][0].Plan, found)
      }
      console.log(`${name}: ${queries} queries, ${rows} rows read${found.map((each) => `; ${each}`).join('')}`)
    }
  })
}

/** Answers the rows that the plan reads from tables, and adds what reads a whole one. */
function readRows(plan, found) {
  const isScan = plan['Node Type'].endsWith('Scan') && plan['Relation Name'] !== undefined
  const own = isScan ? (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops'] : 0
  if (
    plan['Node Type'] === 'Seq Scan' &&
    ['runs', 'run_nodes', 'nodes', 'run_failures'].includes(plan['Relation Name'])
  )
    found.push(`SEQ SCAN on ${plan['Relation Name']}`)
  return (plan.Plans ?? []).reduce((sum, child) => sum + readRows(child, found), own)
}

function withRuns(work) {
  return withManyJobs({ poolSize: 8, fill }, async (database) =>
    work({ pool: database.pool, questions: await questionsOf(database.db) }),
  )
}

async function questionsOf(db) {
  const { browseRuns } = await importTypescript('src/runs/browse/browse-runs.ts')
  const { countRuns } = await importTypescript('src/runs/browse/count-runs.ts')
  const { loadRunSummaries } = await importTypescript('src/api/runs/load-run-summaries.ts')
  const { readOverview } = await importTypescript('src/runs/read-overview.ts')
  const { retryabilityOfOne } = await importTypescript('src/runs/retryability.ts')
  const { presentOverview } = await importTypescript('src/api/presenters/runs/present-overview.ts')
  const { fitOverview } = await importTypescript('src/api/presenters/runs/fit-overview.ts')
  const { readTimeline } = await importTypescript('src/runs/timeline/read-timeline.ts')
  const { readJobHistory } = await importTypescript('src/runs/history/job-history.ts')
  const { findNodesById, readNodeHistory } = await importTypescript('src/runs/history/node-history.ts')
  const { findNodesByText } = await importTypescript('src/runs/search/find-nodes.ts')
  const { findDags } = await importTypescript('src/runs/search/find-dags.ts')
  const { listJobs } = await importTypescript('src/definitions/jobs/job-queries.ts')
  const ctx = { db, publicUrl: () => 'https://stratus' }
  const firstByName = { limit: 8, offset: 0, ordering: { column: 'name', descending: false } }
  const lists = Object.entries(filters).flatMap(([name, asked]) => [
    [
      listed(name),
      async () => {
        const { runs } = await browseRuns(db, account, asked, { limit: 100 })
        return JSON.stringify(await loadRunSummaries(ctx, 1, runs))
      },
    ],
    [counted(name), () => countRuns(db, account, asked)],
  ])
  return {
    ...Object.fromEntries(lists),
    [overview]: async () => {
      const run = await db.selectFrom('runs').selectAll().where('id', '=', largestRun).executeTakeFirstOrThrow()
      const [[summary], read, retryability] = await Promise.all([
        loadRunSummaries(ctx, 1, [run]),
        readOverview(db, run),
        retryabilityOfOne(db, run),
      ])
      return JSON.stringify(fitOverview(presentOverview(run, summary, read, retryability)))
    },
    [timeline]: async () => JSON.stringify(await readTimeline(db, largestRun, undefined)),
    [jobHistory]: () => readJobHistory(db, 1, 500),
    [nodeHistory]: async () => {
      const [node] = await findNodesById(db, account, 'model.shop.model_2500', 2)
      return readNodeHistory(db, node.id, {}, { limit: 100 })
    },
    [searched]: (n) =>
      Promise.all([
        findNodesByText(db, account, n % 2 === 0 ? 'model_25' : 'nowhere', 8),
        findDags(db, account, 'dag_7', 8),
        listJobs(db, account, { nameContains: 'job 99', state: 1 }, firstByName),
      ]),
  }
}

/** Runs are Airflow's but for a tenth; a fifth of them failed; one in thirty has another branch. */
async function fill(client) {
  await client.query(
    `insert into runs (id, account_id, project_id, environment_id, job_id, status, status_message, cause, cause_category, orchestrator,
       git_branch, git_sha, serial_key, created_at, updated_at, dequeued_at, started_at, finished_at, claimed_at, released_at,
       dbt_version, triggered_by, locked_by, node_counts)
     select n, 1, 1 + job % 20, 1 + job % 40, job, status,
       case status when 'error' then 'dbt build failed: Database Error in model stg_orders: column "amont" does not exist' end,
       'Triggered via Apache Airflow by task x in the y DAG.', case when n % 10 = 0 then 'scheduled' else 'api' end,
       case when n % 10 <> 0 then jsonb_build_object('dag_id', 'dag_' || job % 300, 'task_id', 'task_' || job % 7) end,
       case when n % 30 = 0 then 'branch-' || n % 997 else 'main' end, md5(n::text), 'job:' || job, at,
       at + interval '5 minutes', at, at + interval '1 second', at + interval '4 minutes', at, at + interval '4 minutes', '1.11.0',
       '{"type": "service_token", "id": 1, "name": "Airflow", "ip": "10.0.0.1"}', 'worker',
       jsonb_build_object('success', 180, 'warn', (n % 50 = 0)::integer, 'error', (status = 'error')::integer, 'skipped', 0, 'running', 0)
     from (
       select n, job, case when n = $1 or n % 5 = 3 then 'error' when n % 5 = 4 and n % 3 = 0 then 'cancelled' else 'success' end as status,
         now() - interval '365 days' * (1 - n::float / $1) as at
       from (
         select n, case when n % 20 = 0 then 1 else 2 + (n::bigint * 7919) % 9999 end as job
         from generate_series(1, $1::integer) n
       ) as run
     ) as run`,
    [manyRuns],
  )
  await fillNodes(client)
}

/** 5,000 nodes in each of the large job's last 30 runs, and 200 in each of 3,000 others. */
async function fillNodes(client) {
  await client.query(
    `insert into nodes (project_id, unique_id, name, resource_type, path, owner)
       select project, 'model.shop.model_' || n, 'model_' || n, 'model', 'models/m' || n || '.sql', 'Ann'
       from generate_series(1, 20) project, generate_series(1, $1::integer) n`,
    [manyNodes],
  )
  await client.query(`
    create table large as select id from runs where job_id = 1 order by id desc limit 30;
    insert into run_steps (run_id, index, kind, name, status, started_at, finished_at)
      select id, n, case n when 1 then 'clone' when 2 then 'profile' when 3 then 'deps' else 'command' end, 'Step ' || n, 'success',
        started_at, finished_at
      from runs, generate_series(1, 4) n where id > ${manyRuns} - 4000 or id in (select id from large)`)
  const nodesOf = (from, most) => `
    insert into run_nodes (run_id, step_index, node_id, status, started_at, finished_at, seconds, thread, message, is_critical)
      select run.id, 4, node.id, case when row = 1 and run.id = ${largestRun} then 'error' else 'success' end,
        run.started_at + row * interval '30 ms', run.started_at + (row + 4) * interval '30 ms', 0.12, 'Thread-' || row % 4, 'OK', row % 50 = 0
      from runs as run
      cross join lateral (
        select id, row_number() over (order by id) as row from nodes where project_id = run.project_id order by id limit ${most}
      ) as node
      where ${from}`
  await client.query(nodesOf('run.id in (select id from large)', manyNodes))
  await client.query(nodesOf(`run.id > ${manyRuns} - 3000 and run.job_id <> 1`, 200))
  await client.query(
    `update runs set node_counts = node_counts || '{"success": 5000}' where id in (select id from large)`,
  )
  await client.query(`
    insert into run_failures (run_id, step_index, node_id, failing_since_run_id, failing_runs)
      select runs.id, 4, 1 + runs.id % 100000, runs.id, 1 from runs where status = 'error' and id < ${largestRun}`)
  await client.query(
    `insert into run_failures (run_id, step_index, node_id, line, excerpt, skipped, exposures, exposure_count, failing_since_run_id, failing_runs)
       select run_id, 4, node_id, 12, $1::jsonb, 12, '["weekly_kpis"]', 1, run_id, 1
       from run_nodes where run_id = ${largestRun} order by node_id limit 20`,
    [JSON.stringify({ of: 'compiled', first: 8, line: 12, lines: Array(9).fill('  amont / 100 as amount,') })],
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--plans')) await checkPlans()
  else console.table(await measureRunViews())
}
