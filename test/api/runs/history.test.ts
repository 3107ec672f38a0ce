import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createJob } from '../../support/rows.ts'
import { type ApiWorker, startApiWorker } from './api-worker.ts'

let api: TestApi
let worker: ApiWorker
let jobId: number
let other: number
/** Runs of the job, by what became of the model `orders`. */
const runs: Record<'good' | 'broken' | 'stillBroken' | 'mended' | 'brokenAgain', number> = {
  ...{ good: 0, broken: 0, stillBroken: 0, mended: 0, brokenAgain: 0 },
}
const path = '/api/stratus/v1/accounts/1'
const airflow = "Triggered via Apache Airflow by task 'build' in the daily DAG."

beforeAll(async () => {
  api = await createTestApi()
  worker = await startApiWorker(api)
  jobId = await createJob(api.ctx.db, { engine: 'simulated', name: 'Nightly' })
  const { environment_id, project_id } = await api.ctx.db
    .selectFrom('jobs')
    .selectAll()
    .where('id', '=', jobId)
    .executeTakeFirstOrThrow()
  other = await createJob(api.ctx.db, {
    engine: 'simulated',
    environment_id,
    project_id,
    simulation: scenario('success'),
  })
  runs.good = await play('success')
  runs.broken = await play('error')
  runs.stillBroken = await play('error')
  await worker.run(other)
  runs.mended = await play('success')
  runs.brokenAgain = await play('error')
}, 60_000)
afterAll(async () => {
  await worker[Symbol.asyncDispose]()
  await api.close()
})

function scenario(outcome: 'success' | 'error'): string {
  const nodes = [
    { select: '*', duration: 1 },
    { select: 'orders', duration: 5, outcome },
  ]
  return JSON.stringify({ time_scale: 0, seed: 1, nodes })
}

async function play(outcome: 'success' | 'error'): Promise<number> {
  await api.ctx.db
    .updateTable('jobs')
    .set({ simulation: scenario(outcome) })
    .where('id', '=', jobId)
    .execute()
  return worker.run(jobId, { cause: airflow })
}

test('the history of a job of simulated runs has their durations, its slow and its flaky nodes, and who asks for them', async () => {
  const { data } = (await api.get(`${path}/jobs/${jobId}/history/`).expect(200)).body
  expect(data).toMatchObject({
    ...{ job: { id: jobId, name: 'Nightly' }, runs: 5, success_rate: 0.4, duration: { n: 2 }, before: null },
    callers: [{ dag_id: 'daily', task_id: 'build', runs: 5, last_run_id: runs.brokenAgain }],
    ...{ runs_of_slowest: 5, lately: { n: 2 } },
  })
  expect(data.slowest[0]).toMatchObject({ name: 'orders', average_seconds: 5, max_seconds: 5, runs: 5 })
  expect(data.flakiest).toMatchObject([
    { name: 'orders', times_broken: 2, failed_runs: 3, last_failed_run_id: runs.brokenAgain },
  ])
  expect(data.strip.map(({ id, status }: { id: number; status: string }) => [id, status])).toEqual([
    [runs.brokenAgain, 'error'],
    [runs.mended, 'success'],
    [runs.stillBroken, 'error'],
    [runs.broken, 'error'],
    [runs.good, 'success'],
  ])
  expect(data.trend.reduce((sum: number, week: { runs: number }) => sum + week.runs, 0)).toBe(5)
  const last = (await api.get(`${path}/jobs/${jobId}/history/?runs=2`).expect(200)).body.data
  expect(last).toMatchObject({ runs: 2, success_rate: 0.5, strip: { length: 2 } })
})

test('the results of a node over its runs, page by page, of all jobs or of one', async () => {
  const [node] = await api.ctx.db.selectFrom('nodes').selectAll().where('name', '=', 'orders').execute()
  const of = `${path}/nodes/${node?.unique_id}/history/`
  const { data } = (await api.get(of).expect(200)).body
  expect(data).toMatchObject({
    node: { unique_id: node?.unique_id, name: 'orders' },
    duration: { p50: 5, n: 3 },
    next_before: null,
  })
  const shown = (results: { run_id: number; status: string }[]) => results.map(({ run_id, status }) => [run_id, status])
  const own = [
    [runs.brokenAgain, 'error'],
    [runs.mended, 'success'],
    [runs.stillBroken, 'error'],
    [runs.broken, 'error'],
    [runs.good, 'success'],
  ]
  expect(data.results).toHaveLength(6)
  expect(shown((await api.get(`${of}?job_id=${jobId}`).expect(200)).body.data.results)).toEqual(own)
  const first = (await api.get(`${of}?job_id=${jobId}&limit=2`).expect(200)).body.data
  const second = (await api.get(`${of}?job_id=${jobId}&limit=3&before=${first.next_before}`).expect(200)).body.data
  expect([...shown(first.results), ...shown(second.results)]).toEqual(own)
  expect(second.next_before).toBeNull()
})

test('an overview knows since when a node fails in the runs of its job', async () => {
  const of = async (id: number) => (await api.get(`${path}/runs/${id}/overview/`).expect(200)).body.data
  expect((await of(runs.stillBroken)).failure).toMatchObject({
    ...{ kind: 'node', total: 1, skipped: expect.any(Number) },
    nodes: [{ name: 'orders', failing_since_run_id: runs.broken, failing_runs: 2, last_good_run_id: runs.good }],
  })
  expect((await of(runs.brokenAgain)).failure.nodes).toMatchObject([
    { failing_since_run_id: runs.brokenAgain, failing_runs: 1, last_good_run_id: runs.mended },
  ])
  const { failure, counts } = await of(runs.broken)
  expect(failure.nodes[0].skipped).toBeGreaterThan(0)
  expect(failure.nodes[0].skipped).toBeLessThanOrEqual(counts.skipped)
})

test('what was asked wrongly is named, and what is of another project is not there', async () => {
  await api.get(`${path}/jobs/999999/history/`).expect(404)
  expect((await api.get(`${path}/jobs/${jobId}/history/?runs=501`).expect(400)).body.data.runs).toBe(
    'Expected a whole number of at most 500. Got "501".',
  )
  await api.get(`${path}/nodes/model.nowhere.x/history/`).expect(404)
  const project = await api.ctx.db
    .selectFrom('jobs')
    .select('project_id')
    .where('id', '=', jobId)
    .executeTakeFirstOrThrow()
  const [node] = await api.ctx.db.selectFrom('nodes').selectAll().where('name', '=', 'orders').execute()
  const elsewhere = await createJob(api.ctx.db)
  const { project_id } = await api.ctx.db
    .selectFrom('jobs')
    .select('project_id')
    .where('id', '=', elsewhere)
    .executeTakeFirstOrThrow()
  const caller = api.as(await api.createToken([{ permission_set: 'job_viewer', project_ids: [project_id] }]))
  await caller.get(`${path}/jobs/${jobId}/history/`).expect(404)
  await caller.get(`${path}/nodes/${node?.unique_id}/history/`).expect(404)
  const twin = {
    ...{ unique_id: node?.unique_id ?? '', name: 'orders', resource_type: 'model', tags: '[]' },
    project_id,
  }
  await api.ctx.db.insertInto('nodes').values(twin).execute()
  const { body } = await api.get(`${path}/nodes/${node?.unique_id}/history/`).expect(400)
  expect(body.data.project_id).toBe(
    `Expected the id of a project, since several have this node: ${project.project_id}, ${project_id}. Got none.`,
  )
  await api.get(`${path}/nodes/${node?.unique_id}/history/?project_id=${project.project_id}`).expect(200)
})
