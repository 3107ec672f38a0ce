import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { AxiosResponse } from 'axios'
import { createTestApi } from '../../support/api-server.ts'
import { eventually } from '../../support/eventually.ts'
import { type StratusProcess, startStratus } from '../../support/stratus-process.ts'

const document = `
projects:
  - name: No Code
    environments:
      - name: Production
        engine: simulated
        jobs:
          - { id: 1, name: Quick, execute_steps: [dbt build], simulation: { time_scale: 0 } }
          - { id: 2, name: A second, execute_steps: [dbt build], simulation: { time_scale: 0.1 } }
`

let folder: string
let stratus: StratusProcess
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stratus-faults-'))
  await writeFile(path.join(folder, 'stratus.yml'), document)
  stratus = await startStratus(['dev', folder, '--data-dir', path.join(folder, 'data')])
})
afterAll(async () => {
  await stratus?.stop()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  expect((await control('delete')).status).toBe(200)
})

const control = (method: 'get' | 'post' | 'delete', data?: unknown): Promise<AxiosResponse> =>
  stratus.api.request({ method, url: `${stratus.ready.url}/api/stratus/v1/simulation/`, data })
const set = async (...faults: object[]) => {
  const answer = await control('post', { faults })
  expect([answer.status, answer.data.data?.faults.length]).toEqual([200, faults.length])
}
const state = async () => (await control('get')).data.data
const trigger = (jobId = 1) => stratus.api.post(`/jobs/${jobId}/run/`, { cause: 'a test' })
const newRun = async (jobId = 1): Promise<number> => (await trigger(jobId)).data.data.id
const retrieve = (runId: number) => stratus.api.get(`/runs/${runId}/`)
const ended = (runId: number) =>
  eventually(`run ${runId} has ended`, async () => {
    const { is_complete: complete, status } = (await retrieve(runId)).data.data
    return complete && { status }
  })
const cut = expect.objectContaining({ message: 'socket hang up' })

describe('a fault on demand', () => {
  test('a run is not found right after it was made', async () => {
    await set({ kind: 'run_not_found_after_create' })
    const id = await newRun()
    const first = await retrieve(id)
    expect([first.status, first.data.status.user_message]).toEqual([
      404,
      expect.stringMatching(/^The requested resource was not found/),
    ])
    expect((await retrieve(id)).status).toBe(200)
    expect((await state()).faults).toEqual([])
  })

  test('a reply is lost, but the run is made', async () => {
    const id = await newRun()
    await set({ kind: 'lost_reply' })
    await expect(trigger()).rejects.toEqual(cut)
    const { data } = await stratus.api.get('/runs/?order_by=-id&limit=1')
    expect(data.data[0].id).toBe(id + 1)
    expect((await trigger()).status).toBe(200)
  })

  test('too many requests, and then a cool-down', async () => {
    await set({ kind: 'rate_limited', seconds: 1 })
    const answers = [await trigger(), await trigger()]
    expect(answers.map(({ status, headers }) => [status, headers['retry-after']])).toEqual([
      [429, '1'],
      [429, '1'],
    ])
    await eventually('it is over', async () => (await trigger()).status === 200)
  })

  test.each([502, 503])('a burst of %p', async (status) => {
    await set({ kind: 'bad_gateway', times: 2, status, method: 'get' })
    const id = await newRun()
    const statuses = []
    for (const _ of [1, 2, 3]) statuses.push((await retrieve(id)).status)
    expect(statuses).toEqual([status, status, 200])
  })

  test('a slow read', async () => {
    const id = await newRun()
    await set({ kind: 'slow_reads', seconds: 0.5, path: `/runs/${id}/` })
    const began = performance.now()
    expect((await retrieve(id)).status).toBe(200)
    expect(performance.now() - began).toBeGreaterThan(490)
  })

  test('a cut connection', async () => {
    const id = await newRun()
    await set({ kind: 'cut_connection' })
    await expect(trigger()).rejects.toEqual(cut)
    const { data } = await stratus.api.get('/runs/?order_by=-id&limit=1')
    expect(data.data[0].id).toBe(id)
  })

  test('a run is stuck in the queue for a while', async () => {
    const since = Date.now()
    await set({ kind: 'stuck_in_queue', seconds: 1 })
    const id = await newRun()
    expect(await ended(id)).toEqual({ status: 10 })
    expect(Date.parse((await retrieve(id)).data.data.started_at)).toBeGreaterThanOrEqual(since + 1000)
  })

  test('a run is stuck in the queue until the faults are reset', async () => {
    await set({ kind: 'stuck_in_queue' })
    const id = await newRun()
    expect((await retrieve(id)).data.data.status).toBe(1)
    await control('delete')
    expect(await ended(id)).toEqual({ status: 10 })
  })

  test('a cancel comes when the run has just ended', async () => {
    await set({ kind: 'cancel_race' })
    const id = await newRun(2)
    const { status, data } = await stratus.api.post(`/runs/${id}/cancel/`)
    expect([status, data.data.status]).toEqual([200, 10])
  })
})

test('the journal tells who asked for what, and what became of it', async () => {
  await set({ kind: 'bad_gateway', times: 1, status: 503, method: 'GET' }, { kind: 'lost_reply' })
  await stratus.api.get('/jobs/1/?x=y', { headers: { 'User-Agent': 'a client/1' } })
  await expect(trigger()).rejects.toEqual(cut)
  const { journal } = await state()
  expect(journal).toMatchObject([
    {
      method: 'GET',
      path: '/api/v2/accounts/1/jobs/1/?x=y',
      status: 503,
      user_agent: 'a client/1',
      fault: 'bad_gateway',
    },
    { method: 'POST', path: '/api/v2/accounts/1/jobs/1/run/', status: null, fault: 'lost_reply' },
  ])
  expect((await control('delete')).data.data).toEqual({ faults: [], journal: [] })
})

test('a fault that does not exist is refused with the names of those that do', async () => {
  const { status, data } = await control('post', { faults: [{ kind: 'earthquake' }] })
  expect(status).toBe(400)
  expect(JSON.stringify(data)).toContain('lost_reply')
})

test('a server that is not for development has no faults', async () => {
  const api = await createTestApi()
  try {
    await api.get('/api/stratus/v1/simulation/').expect(403)
    await api.post('/api/stratus/v1/simulation/').send({ faults: [] }).expect(403)
    await api.delete('/api/stratus/v1/simulation/').expect(403)
  } finally {
    await api.close()
  }
})

test('a token that is no administrator sets no faults', async () => {
  const made = await stratus.api.post(`${stratus.ready.url}/api/stratus/v1/tokens/`, {
    name: 'Airflow',
    grants: [{ permission_set: 'job_admin' }],
  })
  const headers = { authorization: `Token ${made.data.data.token}` }
  const answer = await stratus.api.post(`${stratus.ready.url}/api/stratus/v1/simulation/`, { faults: [] }, { headers })
  expect(answer.status).toBe(403)
})
