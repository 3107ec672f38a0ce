import request from 'supertest'
import { triggerRun } from '../../src/runs/trigger-run.ts'
import { createTestApi, type TestApi } from '../support/api-server.ts'
import { createJob } from '../support/rows.ts'

describe('the page of a run', () => {
  let api: TestApi
  let address: string
  afterEach(() => api.close())

  async function start(openOnLoopback: boolean): Promise<void> {
    api = await createTestApi('postgres', { app: { openOnLoopback } })
    const jobId = await createJob(api.ctx.db, { name: 'Nightly <build>' })
    const run = await triggerRun(api.ctx, {
      accountId: 1,
      jobId,
      cause: '<script>',
      causeCategory: 'api',
      overrides: {},
    })
    await api.ctx.db
      .updateTable('runs')
      .set({ status: 'error', status_message: 'Database Error in model orders', finished_at: new Date() })
      .execute()
    await api.ctx.db
      .insertInto('run_steps')
      .values({
        run_id: run.id,
        index: 1,
        kind: 'command',
        name: 'Invoke dbt with `dbt build`',
        status: 'error',
        status_message: 'orders failed',
      })
      .execute()
    address = `/deploy/1/projects/${run.project_id}/runs/${run.id}/`
  }

  test('shows what a run was, escaped, and without scripts', async () => {
    await start(true)
    const { status, text, headers } = await request(api.app).get(address).set('Host', 'localhost:8443')
    expect(status).toBe(200)
    expect(text).toContain('Nightly &lt;build&gt;')
    expect(text).toContain('Database Error in model orders')
    expect(text).toContain('orders failed')
    expect(text).not.toContain('<script')
    expect(text).not.toContain('http-equiv="refresh"')
    expect(headers['cache-control']).toBe('no-store')
  })

  test('says which task asked for the run, and leads to the run that it follows', async () => {
    await start(true)
    const job = { namespace: 'airflow', name: 'nightly.<run>' }
    const parent = { parent: { run: { runId: '01a1fe8b' }, job } }
    const { id: jobId } = await api.ctx.db.selectFrom('jobs').select('id').executeTakeFirstOrThrow()
    const cause = JSON.stringify(parent)
    const run = await triggerRun(api.ctx, { accountId: 1, jobId, cause, causeCategory: 'api', overrides: {} })
    await api.ctx.db
      .updateTable('runs')
      .set({ upstream_run_id: run.id - 1 })
      .where('id', '=', run.id)
      .execute()
    const { text } = await request(api.app)
      .get(`/deploy/1/projects/${run.project_id}/runs/${run.id}/`)
      .set('Host', 'localhost:8443')
    expect(text).toContain('<th>Airflow task</th><td>&lt;run&gt; of nightly</td>')
    expect(text).toContain('<th>Lineage parent</th><td>airflow/nightly.&lt;run&gt;/01a1fe8b</td>')
    expect(text).toContain(`<th>Follows</th><td><a href="${address}">run ${run.id - 1}</a></td>`)
    expect(text).not.toContain('runId')
  })

  test('is open on loopback only, under a name of this machine, and only if the server says so', async () => {
    await start(true)
    expect((await request(api.app).get(address).set('Host', 'rebound.example.com')).status).toBe(401)
    await api.close()
    await start(false)
    expect((await request(api.app).get(address).set('Host', 'localhost:8443')).status).toBe(401)
  })

  test('elsewhere a token opens it, kept in a cookie that no script can read', async () => {
    await start(false)
    const asked = await request(api.app).get(address)
    expect(asked.text).toContain('<form method="post"')
    const refused = await request(api.app).post(address).type('form').send({ token: 'wrong' })
    expect([refused.status, refused.headers['set-cookie']]).toEqual([401, undefined])
    const signedIn = await request(api.app).post(address).type('form').send({ token: api.token })
    expect([signedIn.status, signedIn.headers.location]).toEqual([303, address])
    const cookie = String(signedIn.headers['set-cookie'])
    expect(cookie).toMatch(/HttpOnly; Secure; SameSite=Lax/)
    const shown = await request(api.app)
      .get(address)
      .set('Cookie', cookie.split(';', 1)[0] ?? '')
    expect(shown.status).toBe(200)
  })

  test('bad tokens wait for their refusal, in the form and in the cookie', async () => {
    await start(false)
    const open = () => request(api.app).get(address).set('Cookie', 'stratus_token=guess')
    for (let n = 0; n < 10; n++) await open().expect(401)
    const began = performance.now()
    await request(api.app).post(address).type('form').send({ token: 'guess' }).expect(401)
    expect(performance.now() - began).toBeGreaterThanOrEqual(95)
  })

  test('does not exist for another project, account or a token that may not see it', async () => {
    await start(true)
    const other = await request(api.app)
      .get(address.replace(/projects\/\d+/, 'projects/999'))
      .set('Host', 'localhost')
    expect(other.status).toBe(404)
    const none = await request(api.app).get('/deploy/1/projects/x/runs/y/').set('Host', 'localhost')
    expect(none.status).toBe(404)
    await createJob(api.ctx.db)
    const { max } = await api.ctx.db
      .selectFrom('projects')
      .select((eb) => eb.fn.max('id').as('max'))
      .executeTakeFirstOrThrow()
    const scoped = await api.createToken([{ permission_set: 'job_viewer', project_ids: [max] }])
    const hidden = await request(api.app).get(address).set('Cookie', `stratus_token=${scoped}`)
    expect(hidden.status).toBe(404)
  })
})
