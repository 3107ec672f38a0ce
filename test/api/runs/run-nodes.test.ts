import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createJob } from '../../support/rows.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const orders = {
  unique_id: 'model.shop.orders',
  resource_type: 'model',
  status: 'success',
  started_at: '2026-01-01T00:00:01Z',
}
const unique = {
  unique_id: 'test.shop.unique_orders',
  resource_type: 'test',
  status: 'fail',
  started_at: '2026-01-01T00:00:03Z',
}
const late = { unique_id: 'model.shop.late', resource_type: 'model', status: 'skipped', started_at: null }

/** A run with two steps, of which the second worked on these nodes. */
async function runWith(nodes: readonly (typeof orders | typeof late)[]) {
  const { db } = api.ctx
  const jobId = await createJob(db)
  const { id, project_id } = (await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).expect(200)).body.data
  const steps = [1, 2].map((index) => ({ run_id: id, index, kind: 'command' as const, name: `Step ${index}` }))
  await db.insertInto('run_steps').values(steps).execute()
  for (const { unique_id, resource_type, status, started_at } of nodes) {
    const name = unique_id.split('.').at(-1) ?? ''
    const node = { project_id, unique_id, name, resource_type, path: 'models/a.sql', tags: '["nightly"]' }
    const { id: node_id } = await db.insertInto('nodes').values(node).returning('id').executeTakeFirstOrThrow()
    const facts = { status, started_at, seconds: 1.5, thread: 'Thread-1', failures: null }
    await db
      .insertInto('run_nodes')
      .values({ run_id: id, step_index: 2, node_id, ...facts })
      .execute()
  }
  return { id, projectId: project_id, nodes: `/api/stratus/v1/accounts/1/runs/${id}/nodes/` }
}

test('the nodes of a run, by status, type and name, page by page', async () => {
  const { nodes } = await runWith([orders, unique, late])
  const { body } = await api.get(nodes).expect(200)
  expect(body.data.counts).toEqual({ success: 1, fail: 1, skipped: 1 })
  expect(body.data.nodes[0]).toMatchObject({
    ...{
      unique_id: 'model.shop.orders',
      step_index: 2,
      status: 'success',
      seconds: 1.5,
      tags: ['nightly'],
      group: null,
    },
    ...{ started_at: '2026-01-01T00:00:01.000Z', finished_at: null, message: null },
  })
  const idsOf = async (query: string) =>
    (await api.get(`${nodes}?${query}`).expect(200)).body.data.nodes.map(
      (node: { unique_id: string }) => node.unique_id,
    )
  expect(await idsOf('status=fail,skipped')).toEqual([unique.unique_id, late.unique_id])
  expect(await idsOf('resource_type=test')).toEqual([unique.unique_id])
  expect(await idsOf('q=ORDERS')).toEqual([orders.unique_id, unique.unique_id])
  expect(await idsOf('step=1')).toEqual([])

  const first = (await api.get(`${nodes}?limit=2`).expect(200)).body.data
  expect(first.nodes).toHaveLength(2)
  const second = (await api.get(`${nodes}?limit=2&after=${first.next}`).expect(200)).body.data
  expect(second).toMatchObject({ nodes: [{ unique_id: late.unique_id }], next: null, counts: { fail: 1 } })
})

test('what was asked wrongly is named', async () => {
  const { nodes } = await runWith([])
  expect((await api.get(`${nodes}?after=7`).expect(400)).body.data.after).toBe(
    'Expected the "next" of the page before, such as 4.123. Got "7".',
  )
  await api.get(`${nodes}?limit=1001`).expect(400)
  await api.get('/api/stratus/v1/accounts/1/runs/999999/nodes/').expect(404)
  expect((await api.get(nodes).expect(200)).body.data).toEqual({ nodes: [], counts: {}, next: null })
})

test('a token of another project does not see them', async () => {
  const { nodes } = await runWith([orders])
  const other = await runWith([])
  const caller = api.as(await api.createToken([{ permission_set: 'job_viewer', project_ids: [other.projectId] }]))
  await caller.get(nodes).expect(404)
  await caller.get(other.nodes).expect(200)
})

test('the timing has the steps of a run and the nodes of each in the order of their starts', async () => {
  const { id, projectId } = await runWith([late, unique, orders])
  const { body } = await api.get(`/api/v3/accounts/1/projects/${projectId}/runs/${id}/timing/`).expect(200)
  expect(body.data.steps).toMatchObject([
    { index: 1, nodes: null },
    {
      index: 2,
      nodes: [
        {
          ...{ unique_id: 'model.shop.orders', status: 'success', thread_id: 'Thread-1', execution_time: 1.5 },
          ...{ started_at: '2026-01-01T00:00:01.000Z', completed_at: null },
        },
        { unique_id: 'test.shop.unique_orders' },
        { unique_id: 'model.shop.late', started_at: null },
      ],
    },
  ])
  await api.get(`/api/v3/accounts/1/projects/${projectId + 1}/runs/${id}/timing/`).expect(404)
})
