import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createJob } from '../../support/rows.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const overviewPath = (id: number) => `/api/stratus/v1/accounts/1/runs/${id}/overview/`

/** A failed run of very many steps and failures, each with texts as long as they can be. */
async function hugeRun(): Promise<{ id: number; projectId: number }> {
  const { db } = api.ctx
  const jobId = await createJob(db)
  const { id, project_id } = (await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).expect(200)).body.data
  const text = '\u0001é'.repeat(500)
  const steps = Array.from({ length: 200 }, (_, index) => ({
    ...{ run_id: id, index: index + 1, kind: 'command' as const, name: text, status: 'skipped' as const, argv: text },
    ...(index === 100 && { status: 'error' as const, status_message: text, started_at: new Date() }),
  }))
  await db.insertInto('run_steps').values(steps).execute()
  for (let index = 0; index < 20; index++) {
    const named = { unique_id: `model.shop.m${index}`, name: text, resource_type: 'model', path: text, owner: text }
    const node = { project_id, ...named, tags: '[]' }
    const { id: node_id } = await db.insertInto('nodes').values(node).returning('id').executeTakeFirstOrThrow()
    const key = { run_id: id, step_index: 101, node_id }
    await db
      .insertInto('run_nodes')
      .values({ ...key, status: 'error', message: text.repeat(2) })
      .execute()
    const excerpt = JSON.stringify({ of: 'compiled', first: 1, line: 5, lines: Array(9).fill(text.slice(0, 200)) })
    await db
      .insertInto('run_failures')
      .values({ ...key, excerpt, exposures: JSON.stringify([text]) })
      .execute()
  }
  const end = { status: 'error' as const, status_message: text, claimed_at: new Date(), released_at: new Date() }
  await db
    .updateTable('runs')
    .set({ ...end, cause: text })
    .where('id', '=', id)
    .execute()
  return { id, projectId: project_id }
}

test('an overview has 30 KB at most: what does not fit is left out, the first failure and the failed step last', async () => {
  const { id } = await hugeRun()
  const { text, body } = await api.get(overviewPath(id)).expect(200)
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(30_000)
  expect(body.data.failure.nodes[0]).toMatchObject({ unique_id: 'model.shop.m0' })
  expect(body.data.steps.map(({ index }: { index: number }) => index)).toContain(101)
  expect(body.data.steps_left_out).toBe(200 - body.data.steps.length)
})

test('a queued run says what it waits for', async () => {
  const jobId = await createJob(api.ctx.db)
  const [first, second] = [
    (await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).expect(200)).body.data.id,
    (await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).expect(200)).body.data.id,
  ]
  const waitingOf = async (id: number) => (await api.get(overviewPath(id)).expect(200)).body.data.waiting
  expect(await waitingOf(first)).toEqual({ position: 1, reason: 'Waiting for a worker.', blocked_by: [] })
  expect(await waitingOf(second)).toEqual({
    ...{ position: 2, reason: `Waiting for run ${first} of the same job.`, blocked_by: [first] },
  })
  await api.ctx.db.updateTable('accounts').set({ run_slots: 1 }).where('id', '=', 1).execute()
  const held = { status: 'running' as const, claimed_at: new Date() }
  await api.ctx.db.updateTable('runs').set(held).where('id', '=', second).execute()
  expect(await waitingOf(first)).toMatchObject({ reason: 'Waiting for a slot: 1 of 1 are used.' })
})

test('a token of another project does not see it', async () => {
  const [{ id }, other] = [await hugeRun(), await hugeRun()]
  const caller = api.as(await api.createToken([{ permission_set: 'job_viewer', project_ids: [other.projectId] }]))
  await caller.get(overviewPath(id)).expect(404)
  await caller.get(overviewPath(other.id)).expect(200)
  await api.get(overviewPath(999_999)).expect(404)
})
