import { createServer, request, type Server } from 'node:http'
import { cancelRun } from '../../../src/runs/cancel-run.ts'
import { triggerRun } from '../../../src/runs/trigger-run.ts'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { eventually } from '../../support/eventually.ts'
import { createJob } from '../../support/rows.ts'

const airflow = 'apache-airflow-providers-dbt-cloud-v4.11.1'

describe('polls of a live run', () => {
  let api: TestApi | undefined
  afterEach(async () => {
    api?.ctx.heldPolls.close()
    await api?.close()
  })

  async function start(heldPolls: { seconds?: number; max?: number }): Promise<{ api: TestApi; runId: number }> {
    api = await createTestApi('postgres', { heldPolls })
    const jobId = await createJob(api.ctx.db)
    const run = await triggerRun(api.ctx, { accountId: 1, jobId, causeCategory: 'api', overrides: {} })
    return { api, runId: run.id }
  }
  const poll = ({ api: { get } }: { api: TestApi }, runId: number, agent = airflow) =>
    get(`/api/v2/accounts/1/runs/${runId}/`).set('User-Agent', agent)

  test('of Airflow is answered when the run ends', async () => {
    const started = await start({ seconds: 30 })
    const answer = poll(started, started.runId).then((response) => response.body.data.status)
    await eventually('it is held', () => started.api.ctx.heldPolls.count === 1)
    await cancelRun(started.api.ctx, { accountId: 1, runId: started.runId })
    expect(await answer).toBe(30)
    expect(started.api.ctx.heldPolls.count).toBe(0)
  })

  test('is answered at the limit with the status of then', async () => {
    const started = await start({ seconds: 1 })
    const began = performance.now()
    const { body } = await poll(started, started.runId)
    expect(body.data.status).toBe(1)
    expect(performance.now() - began).toBeGreaterThanOrEqual(990)
  })

  test.each([
    ['any other client', { seconds: 30 }, 'python-requests/2'],
    ['Airflow when polls are not held', { seconds: 0 }, airflow],
    ['Airflow when too many are held', { seconds: 30, max: 0 }, airflow],
  ])('of %s is answered at once', async (_what, options, agent) => {
    const started = await start(options)
    const { body } = await poll(started, started.runId, agent)
    expect(body.data.status).toBe(1)
  })

  test('ends when its client goes, and all end when the server stops', async () => {
    const started = await start({ seconds: 30 })
    const server = createServer(started.api.app).listen(0)
    const port = portOf(server)
    const gone = request({
      port,
      path: `/api/v2/accounts/1/runs/${started.runId}/`,
      headers: { 'user-agent': airflow, authorization: `Token ${started.api.token}` },
    })
    gone.on('error', () => {})
    gone.end()
    await eventually('it is held', () => started.api.ctx.heldPolls.count === 1)
    gone.destroy()
    await eventually('it is not held any more', () => started.api.ctx.heldPolls.count === 0)

    const answer = poll(started, started.runId).then((response) => response.body.data.status)
    await eventually('another is held', () => started.api.ctx.heldPolls.count === 1)
    started.api.ctx.heldPolls.close()
    expect(await answer).toBe(1)
    await new Promise((resolve) => server.close(resolve))
  })
})

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server does not listen.')
  return address.port
}
