import fc from 'fast-check'
import { createTestApi, type TestApi } from '../support/api-server.ts'
import { createJob } from '../support/rows.ts'

let api: TestApi
let jobId: number
beforeAll(async () => {
  api = await createTestApi()
  jobId = await createJob(api.ctx.db)
})
afterAll(() => api.close())

const queryNames = [
  'limit',
  'offset',
  'order_by',
  'status',
  'status__in',
  'pk',
  'pk__in',
  'id__gt',
  'job_definition_id',
  'created_at__range',
  'include_related',
  'dbt_version__in',
  'name__icontains',
  'state',
  'step',
]
const queryValue = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('[1, 2]', '-id', 'all', '9223372036854775808', '1', '-1', '2024-01-01,0001-01-01', 'run_steps', '%'),
)
const lists = ['runs', 'jobs', 'projects', 'environments', 'runs/1/artifacts', 'runs/1']

test('no query makes the server fail', async () => {
  const query = fc.array(fc.tuple(fc.constantFrom(...queryNames), queryValue), { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...lists), query, async (list, parameters) => {
      const search = parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
      const { status } = await api.get(`/api/v2/accounts/1/${list}/?${search}`)
      expect([200, 400, 404]).toContain(status)
    }),
    { numRuns: 150 },
  )
})

const overrides = ['cause', 'git_sha', 'threads_override', 'generate_docs_override', 'steps_override', '__proto__']

test('no body makes the server fail', async () => {
  const body = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.dictionary(fc.constantFrom(...overrides), fc.jsonValue()).map((value) => JSON.stringify(value)),
    fc.dictionary(fc.constantFrom(...overrides), fc.string({ unit: 'binary' })).map((value) => JSON.stringify(value)),
  )
  await fc.assert(
    fc.asyncProperty(body, async (text) => {
      const { status } = await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).type('json').send(text)
      expect([200, 400]).toContain(status)
    }),
    { numRuns: 150 },
  )
})

test('no path makes the server fail', async () => {
  const path = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('..', '.', 'runs', '1', 'artifacts')))
  await fc.assert(
    fc.asyncProperty(path, async (segments) => {
      const encoded = segments.map((segment) => encodeURIComponent(segment)).join('/')
      const { status } = await api.get(`/api/v2/accounts/1/${encoded}`)
      expect([200, 404]).toContain(status)
    }),
    { numRuns: 150 },
  )
})
