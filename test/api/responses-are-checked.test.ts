import request, { type Response } from 'supertest'
import { createTestApi, type TestApi } from '../support/api-server.ts'
import { responseValidator } from '../support/openapi/validate-responses.ts'
import { createJob } from '../support/rows.ts'

// The other API tests rely on this check: it must notice what it is for.

let api: TestApi
let url: string
let good: Response
const validate = responseValidator()

beforeAll(async () => {
  api = await createTestApi()
  const jobId = await createJob(api.ctx.db)
  const run = await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).expect(200)
  url = `/api/v2/accounts/1/runs/${run.body.data.id}/`
  good = await request(api.app).get(url).set('Authorization', `Token ${api.token}`).expect(200)
})
afterAll(() => api.close())

function check(change: object): () => void {
  const body = { ...good.body, data: { ...good.body.data, ...change } }
  const changed: Response = Object.assign(Object.create(good), { body })
  return () => validate(changed, { method: 'get', url })
}

test('a run as it is passes', () => {
  expect(check({})).not.toThrow()
})

test.each([
  [{ unheard_of: 1 }, /must NOT have additional properties/],
  [{ id: '1' }, /data\/data\/id must be integer/],
  [{ status: 4 }, /data\/data\/status must be equal to one of the allowed values/],
  [{ created_at: '2024-07-03T13:59:00.653Z' }, /data\/data\/created_at must match pattern/],
  [{ run_steps: null }, /data\/data\/run_steps must be array/],
  [{ href: '/deploy/1/projects/1/runs/1/' }, /data\/data\/href must match pattern/],
  [{ can_retry: undefined }, /must have required property 'can_retry'/],
])('a run with %j does not', (change, problem) => {
  expect(check(change)).toThrow(problem)
})
