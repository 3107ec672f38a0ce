import request from 'supertest'
import { triggerRun } from '../../../src/runs/trigger-run.ts'
import { createSignInCode } from '../../../src/tokens/sessions.ts'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createJob } from '../../support/rows.ts'

describe('the page of a run', () => {
  let api: TestApi
  let address: string
  afterEach(() => api.close())

  async function start(): Promise<void> {
    api = await createTestApi('postgres')
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

  async function signIn(token = api.token): Promise<string> {
    const answer = await request(api.app).post(address).type('form').send({ token })
    return String(answer.headers['set-cookie']).split(';', 1)[0] ?? ''
  }

  /** Shows a page to somebody who has signed in. */
  async function show(page: string, token?: string) {
    return request(api.app)
      .get(page)
      .set('Cookie', await signIn(token))
  }

  test('shows what a run was, escaped, and without scripts', async () => {
    await start()
    const { status, text, headers } = await show(address)
    expect(status).toBe(200)
    expect(text).toContain('Nightly &lt;build&gt;')
    expect(text).toContain('Database Error in model orders')
    expect(text).toContain('orders failed')
    expect(text).not.toContain('<script')
    expect(text).not.toContain('http-equiv="refresh"')
    expect(headers['cache-control']).toBe('no-store')
  })

  test('says which task asked for the run, and leads to the run that it follows', async () => {
    await start()
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
    const { text } = await show(`/deploy/1/projects/${run.project_id}/runs/${run.id}/`)
    expect(text).toContain('<th>Airflow task</th><td>&lt;run&gt; of nightly</td>')
    expect(text).toContain('<th>Lineage parent</th><td>airflow/nightly.&lt;run&gt;/01a1fe8b</td>')
    expect(text).toContain(`<th>Follows</th><td><a href="${address}">run ${run.id - 1}</a></td>`)
    expect(text).not.toContain('runId')
  })

  test('is for nobody who has not signed in, from this machine or behind a proxy on it', async () => {
    await start()
    const asked = await request(api.app).get(address).set('Host', 'localhost:8443')
    expect(asked.status).toBe(401)
    expect(asked.text).toContain('<form method="post"')
    const forwarded = { Host: 'localhost:8443', 'X-Forwarded-For': '203.0.113.9' }
    expect((await request(api.app).get(address).set(forwarded)).status).toBe(401)
  })

  test('a token opens a session, which is another text than the token', async () => {
    await start()
    const refused = await request(api.app).post(address).type('form').send({ token: 'wrong' })
    expect([refused.status, refused.headers['set-cookie']]).toEqual([401, undefined])
    const signedIn = await request(api.app).post(address).type('form').send({ token: api.token })
    expect([signedIn.status, signedIn.headers.location]).toEqual([303, address])
    const cookie = String(signedIn.headers['set-cookie'])
    expect(cookie).toMatch(/HttpOnly; Secure; SameSite=Strict/)
    expect(cookie).not.toContain(api.token)
    const [pair = ''] = cookie.split(';', 1)
    expect((await request(api.app).get(address).set('Cookie', pair)).status).toBe(200)
    const asToken = await request(api.app)
      .get('/api/v2/accounts/')
      .set('Authorization', `Token ${pair.split('=')[1]}`)
    expect(asToken.status).toBe(401)
  })

  test('a session ends with its token, and when its time is over', async () => {
    await start()
    const cookie = await signIn(await api.createToken([{ permission_set: 'readonly', project_ids: null }]))
    const statusNow = async () => (await request(api.app).get(address).set('Cookie', cookie)).status
    expect(await statusNow()).toBe(200)
    const ended = new Date(Date.now() - 1000)
    await api.ctx.db.updateTable('sessions').set({ expires_at: ended }).execute()
    expect(await statusNow()).toBe(401)
    await api.ctx.db
      .updateTable('sessions')
      .set({ expires_at: new Date(Date.now() + 60_000) })
      .execute()
    expect(await statusNow()).toBe(200)
    await api.ctx.db.updateTable('tokens').set({ revoked_at: new Date() }).execute()
    expect(await statusNow()).toBe(401)
  })

  test('another site can neither fill in the form nor use a session', async () => {
    await start()
    const form = () => request(api.app).post(address).type('form')
    for (const headers of [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
    ]) {
      const answer = await form().set(headers).send({ token: api.token })
      expect([headers, answer.status, answer.headers['set-cookie']]).toEqual([headers, 403, undefined])
    }
    const own = await form()
      .set('Host', 'stratus.test')
      .set('Origin', 'https://stratus.test')
      .send({ token: api.token })
    expect(own.status).toBe(303)
  })

  test('a link on another site leads here although it brings no session', async () => {
    await start()
    const arrived = await request(api.app).get(address).set('Sec-Fetch-Site', 'cross-site')
    expect([arrived.status, arrived.text]).toEqual([200, expect.stringContaining('http-equiv="refresh" content="0"')])
    expect(arrived.text).not.toContain('orders')
  })

  test('a link with a code signs in once', async () => {
    await start()
    const { id } = await api.ctx.db.selectFrom('tokens').select('id').executeTakeFirstOrThrow()
    const link = `/sign-in/?code=${await createSignInCode(api.ctx.db, id, 60)}`
    const foreign = await request(api.app).get(link).set('Sec-Fetch-Site', 'cross-site')
    expect([foreign.status, foreign.headers['set-cookie']]).toEqual([401, undefined])
    const opened = await request(api.app).get(link)
    expect([opened.status, opened.headers.location]).toEqual([303, '/'])
    const cookie = String(opened.headers['set-cookie']).split(';', 1)[0] ?? ''
    expect((await request(api.app).get(address).set('Cookie', cookie)).status).toBe(200)
    const again = await request(api.app).get(link)
    expect([again.status, again.headers['set-cookie']]).toEqual([401, undefined])
    const late = `/sign-in/?code=${await createSignInCode(api.ctx.db, id, -1)}`
    expect((await request(api.app).get(late)).status).toBe(401)
    expect((await request(api.app).get('/sign-in/')).status).toBe(401)
  })

  test('a cookie that no server set is as good as none', async () => {
    await start()
    for (const value of ['%zz', '', 'a=b', 'x'.repeat(5000)]) {
      const answer = await request(api.app).get(address).set('Cookie', `stratus_session=${value}`)
      expect([answer.status, answer.text.includes('<form')]).toEqual([401, true])
    }
  })

  test('bad tokens wait for their refusal, in the form and in the cookie', async () => {
    await start()
    const open = () =>
      request(api.app)
        .get(address)
        .set('Cookie', `stratus_session=${'g'.repeat(43)}`)
    for (let n = 0; n < 10; n++) await open().expect(401)
    const began = performance.now()
    await request(api.app).post(address).type('form').send({ token: 'guess' }).expect(401)
    expect(performance.now() - began).toBeGreaterThanOrEqual(95)
  })

  test('does not exist for another project, account or a token that may not see it', async () => {
    await start()
    expect((await show(address.replace(/projects\/\d+/, 'projects/999'))).status).toBe(404)
    expect((await show('/deploy/1/projects/x/runs/y/')).status).toBe(404)
    await createJob(api.ctx.db)
    const { max } = await api.ctx.db
      .selectFrom('projects')
      .select((eb) => eb.fn.max('id').as('max'))
      .executeTakeFirstOrThrow()
    const scoped = await api.createToken([{ permission_set: 'job_viewer', project_ids: [max] }])
    expect((await show(address, scoped)).status).toBe(404)
  })
})
