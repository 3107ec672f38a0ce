import { createTestApi, type TestApi } from '../support/api-server.ts'
import { createJob } from '../support/rows.ts'

let api: TestApi
let own: Awaited<ReturnType<typeof shop>>
let foreign: Awaited<ReturnType<typeof shop>>
beforeAll(async () => {
  api = await createTestApi()
  own = await shop('Orders nightly', 'shop_daily')
  foreign = await shop('Orders hourly', 'other_orders_daily')
})
afterAll(() => api.close())

const find = async (q: string, calls: Pick<TestApi, 'get'> = api) =>
  (await calls.get(`/api/stratus/v1/accounts/1/search/?q=${encodeURIComponent(q)}`).expect(200)).body.data

/** A job with a run that a DAG asked for, and nodes. */
async function shop(name: string, dag: string) {
  const { db } = api.ctx
  const jobId = await createJob(db, { name })
  const cause = `Triggered via Apache Airflow by task 'build' in the ${dag} DAG.`
  const run = (await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).send({ cause }).expect(200)).body.data
  const names = [
    'orders',
    'stg_orders',
    'customers',
    'orders_%_kept',
    ...Array.from({ length: 9 }, (_, n) => `many_${n}`),
  ]
  const nodes = names.map((node) => ({
    ...{ project_id: run.project_id, unique_id: `model.shop.${node}`, name: node, resource_type: 'model', tags: '[]' },
  }))
  await db.insertInto('nodes').values(nodes).execute()
  return { jobId, runId: run.id, projectId: run.project_id, environmentId: run.environment_id }
}

const idsOf = (things: readonly { id: number }[]) => things.map(({ id }) => id)

test('a text finds jobs, environments, nodes and DAGs, a number runs and jobs', async () => {
  const found = await find('ORDERS')
  expect(idsOf(found.jobs)).toEqual([foreign.jobId, own.jobId])
  expect(found.dags).toEqual([{ dag_id: 'other_orders_daily', last_run_id: foreign.runId }])
  expect(found.nodes.map(({ name }: { name: string }) => name)).toEqual([
    ...['orders', 'orders', 'orders_%_kept', 'orders_%_kept', 'stg_orders', 'stg_orders'],
  ])
  expect(found).toMatchObject({ runs: [], environments: [] })
  expect(idsOf((await find('production')).environments).toSorted()).toEqual(
    [own.environmentId, foreign.environmentId].toSorted(),
  )
  expect(idsOf((await find(String(own.runId))).runs)).toEqual([own.runId])
  expect((await find(String(own.jobId))).jobs[0]).toMatchObject({ id: own.jobId, name: 'Orders nightly' })
  expect((await find('daily')).dags.map(({ dag_id }: { dag_id: string }) => dag_id)).toEqual([
    'other_orders_daily',
    'shop_daily',
  ])
})

test('of each kind eight are found, and signs of patterns stand for themselves', async () => {
  expect((await find('many_')).nodes).toHaveLength(8)
  expect((await find('orders_%')).nodes).toMatchObject([{ name: 'orders_%_kept' }, { name: 'orders_%_kept' }])
  expect((await find('%')).nodes).toHaveLength(2)
  expect(await find("x' or '1'='1\\")).toEqual({ runs: [], jobs: [], environments: [], nodes: [], dags: [] })
})

test('a token finds what it may read', async () => {
  const caller = api.as(await api.createToken([{ permission_set: 'job_viewer', project_ids: [own.projectId] }]))
  const found = await find('orders', caller)
  expect(idsOf(found.jobs)).toEqual([own.jobId])
  expect(found.dags).toEqual([])
  expect(new Set(found.nodes.map(({ project_id }: { project_id: number }) => project_id))).toEqual(
    new Set([own.projectId]),
  )
  expect((await find(String(foreign.runId), caller)).runs).toEqual([])
  expect((await find('shop_daily', caller)).dags).toHaveLength(1)
})

test('nothing to look for, and too much of it, is named', async () => {
  const problemOf = async (query: string) =>
    (await api.get(`/api/stratus/v1/accounts/1/search/${query}`).expect(400)).body.data.q
  expect(await problemOf('')).toMatch(/^Expected a text of 1 to 100 characters to look for\./)
  expect(await problemOf(`?q=${'x'.repeat(101)}`)).toMatch(
    /^Expected a text of 1 to 100 characters to look for\. Got "x/,
  )
})
