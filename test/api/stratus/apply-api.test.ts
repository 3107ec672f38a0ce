import { once } from 'node:events'
import http from 'node:http'
import { createTestApi, type TestApi } from '../../support/api-server.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

function documentAt(url: string) {
  const jobs = [{ id: 7, name: 'Build', execute_steps: ['dbt build'] }]
  return { projects: [{ id: 3, name: 'Shop', git: { url }, environments: [{ name: 'Production', jobs }] }] }
}

test('a document is applied and the plan is the answer; a dry run changes nothing', async () => {
  const document = documentAt('https://example.com/shop.git')
  const dry = await api.post('/api/stratus/v1/apply/').send({ document, dry_run: true }).expect(200)
  expect(dry.body.data).toMatchObject({
    dry_run: true,
    entries: [{ action: 'create', kind: 'project', id: 3 }, {}, {}],
  })
  expect(await api.ctx.db.selectFrom('jobs').selectAll().execute()).toEqual([])

  const applied = await api.post('/api/stratus/v1/apply').send({ document }).expect(200)
  expect(applied.body.data.entries[2]).toEqual({
    action: 'create',
    kind: 'job',
    id: 7,
    name: 'Build',
    within: ['Shop', 'Production'],
    changes: [{ key: 'execute_steps', from: [], to: ['dbt build'] }],
    note: null,
  })
  const pruned = await api
    .post('/api/stratus/v1/apply')
    .send({
      document: { projects: [{ id: 3, name: 'Shop', git: { url: 'https://example.com/other.git' } }] },
      prune: true,
    })
    .expect(200)
  expect(pruned.body.data.entries.map(({ action, kind }: { action: string; kind: string }) => [action, kind])).toEqual([
    ['update', 'project'],
    ['delete', 'job'],
    ['delete', 'environment'],
  ])
})

test('a document may be larger than other bodies, and has a bound of its own', async () => {
  const document = documentAt('https://example.com/shop.git')
  const comment = 'x'.repeat(3 * 1024 * 1024)
  await api.post('/api/stratus/v1/apply/').send({ document, dry_run: true, comment }).expect(200)

  const server = http.createServer(api.app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const request = http.request({
    port: typeof address === 'object' ? address?.port : undefined,
    host: '127.0.0.1',
    method: 'POST',
    path: '/api/stratus/v1/apply/',
    headers: { authorization: `Token ${api.token}`, 'content-length': 64 * 1024 * 1024 + 1 },
  })
  request.on('error', () => {}) // it is cut off: nothing of the body is ever sent
  request.flushHeaders()
  const [response] = await once(request, 'response')
  expect(response.statusCode).toBe(413)
  const [chunk] = await once(response, 'data')
  expect(JSON.parse(String(chunk)).status.user_message).toMatch(/larger than 67108864 bytes/)
  request.destroy()
  server.closeAllConnections()
  server.close()
})

test('every mistake of a document is in the one answer', async () => {
  const document = {
    projects: [
      { name: '', path: '/etc', nme: 1, environments: [{ name: 'E', dbt: { command: 'bin/sh' }, jobs: [{}] }] },
    ],
  }
  const { body } = await api.post('/api/stratus/v1/apply').send({ document }).expect(400)
  expect(body.data).toEqual({
    'projects[0].name': 'got "", expected a name: text in one line, not empty',
    'projects[0].nme': 'unknown key "nme", expected "name"',
    'projects[0].environments[0].jobs[0].name': 'missing, expected text',
    'projects[0].environments[0].jobs[0].execute_steps': expect.stringMatching(/missing/),
  })
  const outside = await api
    .post('/api/stratus/v1/apply')
    .send({ document: documentAt('/etc') })
    .expect(400)
  expect(outside.body.data).toEqual({ 'projects[0].git.url': expect.stringMatching(/STRATUS_PROJECT_ROOTS/) })
})

test.each([
  [{}, /missing, expected a mapping/],
  [{ document: null }, /got nothing, expected a mapping/],
  [{ document: 'projects: []' }, /expected a mapping/],
  [
    {
      document: {
        projects: [
          {
            name: 'S',
            environments: [{ name: 'E', engine: 'simulated', environment_variables: { DBT_X: { from_env: 'HOME' } } }],
          },
        ],
      },
    },
    /from_env, which "stratus apply" resolves/,
  ],
])('the body %j is refused with its reason', async (body, reason) => {
  const answer = await api.post('/api/stratus/v1/apply').send(body).expect(400)
  expect(answer.body.status.user_message).toMatch(reason)
})

test('a flag that is not one is refused', async () => {
  const answer = await api
    .post('/api/stratus/v1/apply')
    .send({ document: { projects: [] }, dry_run: 'perhaps' })
    .expect(400)
  expect(answer.body.data.dry_run).toMatch(/true or false/)
})

test('only an administrator of the whole account may apply', async () => {
  const document = { projects: [] }
  await api.as('').post('/api/stratus/v1/apply').send({ document }).expect(401)
  const jobAdmin = await api.createToken([{ permission_set: 'job_admin', project_ids: null }])
  await api.as(jobAdmin).post('/api/stratus/v1/apply').send({ document }).expect(403)
  const limited = await api.createToken([{ permission_set: 'account_admin', project_ids: [3] }])
  await api.as(limited).post('/api/stratus/v1/apply').send({ document }).expect(403)
})

test('a server says which version it is', async () => {
  const { body } = await api.get('/api/stratus/v1/server/').expect(200)
  expect(body.data).toEqual({ product: 'stratus', version: api.ctx.version, account_id: 1, url: api.ctx.publicUrl() })
})
