import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createApiJob, jobRow, v2 } from '../../support/objects.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

describe('a change', () => {
  test('leaves what the body does not have, and takes null for what may be without a value', async () => {
    const job = await createApiJob(api, { dbt_version: '1.9', description: 'Nightly', settings: { threads: 8 } })
    const { body } = await api.post(`${v2}/jobs/${job.id}`).send({ generate_docs: true, dbt_version: null }).expect(200)
    expect(body.data).toMatchObject({
      name: 'Build',
      execute_steps: ['dbt build'],
      description: 'Nightly',
      dbt_version: null,
      generate_docs: true,
      settings: { threads: 8, target_name: 'default' },
    })
  })

  test('with another id, project or job is refused', async () => {
    const job = await createApiJob(api)
    const other = await createApiJob(api)
    const id = await api.post(`${v2}/jobs/${job.id}/`).send({ id: other.id }).expect(400)
    expect(id.body.data).toEqual({ id: 'The provided id does not match.' })
    const project = await api.post(`${v2}/jobs/${job.id}/`).send({ project_id: other.project_id }).expect(400)
    expect(project.body.data).toEqual({ project_id: 'No job moves between projects.' })
    const foreign = { environment_id: other.environment_id }
    await api.post(`${v2}/jobs/${job.id}/`).send(foreign).expect(400)
    const self = { condition: { job_id: job.id, project_id: job.project_id, statuses: [10] } }
    await api.post(`${v2}/jobs/${job.id}/`).send({ job_completion_trigger_condition: self }).expect(400)
    await api.post(`${v2}/jobs/999999/`).send({ name: 'x' }).expect(404)
  })

  test('a command may be as long as an orchestrator that names each model makes it, and the system takes', async () => {
    const models = Array.from({ length: 491 }, (_, index) => `model_with_a_long_name_${index}`)
    const job = await createApiJob(api, { execute_steps: [`dbt build --select ${models.join(' ')}`] })
    const steps_override = [`dbt run --select ${models.join(' ')}`]
    const { body } = await api.post(`${v2}/jobs/${job.id}/run/`).send({ cause: 'x', steps_override }).expect(200)
    expect(body.data.trigger.steps_override).toEqual(steps_override)
    const tooLong = `dbt build --vars '${'x'.repeat(140_000)}'`
    const refused = await api
      .post(`${v2}/jobs/${job.id}/`)
      .send({ execute_steps: ['dbt seed', tooLong] })
      .expect(400)
    expect(refused.body.data['execute_steps.1']).toMatch(/131,072|140,0/)
  })

  test('a cron that means nothing is taken while the schedule is off, and refused when it is switched on', async () => {
    const schedule = { cron: '0 12 0 0 0', date: { type: 'custom_cron', cron: '0 12 0 0 0' }, time: null }
    const job = await createApiJob(api, { schedule, triggers: { schedule: false } })
    expect(job).toMatchObject({ schedule: { cron: '0 12 0 0 0' }, next_run: null })
    const { body } = await api
      .post(`${v2}/jobs/${job.id}`)
      .send({ triggers: { schedule: true } })
      .expect(400)
    expect(body.data).toEqual({ 'schedule.date.cron': expect.stringMatching(/^Expected a cron expression/) })
    const given = { triggers: { schedule: true }, schedule: { cron: '0 12 * * *' } }
    const on = await api.post(`${v2}/jobs/${job.id}`).send(given).expect(200)
    expect(on.body.data.schedule.cron).toBe('0 12 * * *')
  })

  test('a command that can never run is refused, but for one that the job has already', async () => {
    const job = await createApiJob(api)
    const url = `${v2}/jobs/${job.id}/`
    const { body } = await api
      .post(url)
      .send({ execute_steps: ['dbt build', 'rm -rf /'] })
      .expect(400)
    expect(Object.keys(body.data)).toEqual(['execute_steps.1'])
    await api.ctx.db
      .updateTable('jobs')
      .set({ execute_steps: ['ls'] })
      .where('id', '=', job.id)
      .execute()
    const { body: changed } = await api
      .post(url)
      .send({ ...job, execute_steps: ['ls'], name: 'New' })
      .expect(200)
    expect(changed.data).toMatchObject({ name: 'New', execute_steps: ['ls'] })
    await api
      .post(url)
      .send({ execute_steps: ['ls', 'ls -l'] })
      .expect(400)
  })

  test('a command may be as long as the system takes one', async () => {
    const command = `dbt build --select ${'a_model_of_ours '.repeat(1_000).trim()}`
    const job = await createApiJob(api, { execute_steps: [command] })
    expect(job.execute_steps).toEqual([command])
  })

  test('an invalid cron leaves the job untouched', async () => {
    const job = await createApiJob(api, { schedule: { cron: '0 6 * * *' }, triggers: { schedule: true } })
    const before = await jobRow(api, job.id)
    await api
      .post(`${v2}/jobs/${job.id}/`)
      .send({ name: 'New', schedule: { cron: 'never' } })
      .expect(400)
    expect(await jobRow(api, job.id)).toEqual(before)
  })

  test('of the schedule sets the next run, and switching it off ends it', async () => {
    const job = await createApiJob(api)
    // The default schedule that every job is shown with becomes its own when it begins to count.
    const on = await api.post(`${v2}/jobs/${job.id}/`).send({ ...job, triggers: { schedule: true } })
    expect(on.body.data).toMatchObject({ job_type: 'scheduled', schedule: { cron: '0 * * * *' } })
    expect(on.body.data.next_run).not.toBeNull()
    const off = await api
      .post(`${v2}/jobs/${job.id}/`)
      .send({ ...on.body.data, triggers: { schedule: false } })
      .expect(200)
    expect(off.body.data).toMatchObject({ job_type: 'other', next_run: null })
  })

  test.each([
    [{ cron: '', date: { type: 'every_day' }, time: { type: 'every_hour', interval: 4 } }, '0 */4 * * *'],
    [{ date: { type: 'custom_cron', cron: '5 4 * * *' }, time: { type: 'every_hour', interval: 1 } }, '5 4 * * *'],
    [{ cron: '0 6 * * *' }, '0 6 * * *'],
  ])('takes the schedule %j', async (schedule, cron) => {
    const job = await createApiJob(api, { triggers: { schedule: true }, schedule })
    expect(job.schedule).toMatchObject({ cron })
  })

  test('a time zone stays until it is taken away, says when the job runs next, and has to be one', async () => {
    const given = { cron: '30 6 * * *', timezone: 'Asia/Kolkata' }
    const job = await createApiJob(api, { triggers: { schedule: true }, schedule: given })
    expect(job).toMatchObject({ schedule: given, cron_humanized: 'At 06:30 (Asia/Kolkata)' })
    expect(job.next_run).toContain('T01:00:00')
    const send = async (schedule: object) => (await api.post(`${v2}/jobs/${job.id}/`).send({ schedule })).body.data
    const later = await send({ cron: '45 6 * * *' })
    expect([later.schedule.timezone, later.next_run]).toEqual(['Asia/Kolkata', expect.stringContaining('T01:15:00')])
    expect(await send({ timezone: 'Mars/Utopia' })).toEqual({
      'schedule.timezone': expect.stringMatching(/^Expected a time zone such as Europe\/Vienna.* Got "Mars\/Utopia"/),
    })
    const utc = await send({ cron: '45 6 * * *', timezone: null })
    expect([utc.schedule.timezone, utc.next_run]).toEqual([undefined, expect.stringContaining('T06:45:00')])
  })

  test('keeps a CI job that only API clients start, and lets a type go with its triggers', async () => {
    const ci = await createApiJob(api, { job_type: 'ci' })
    expect(ci.job_type).toBe('ci')
    const same = await api.post(`${v2}/jobs/${ci.id}/`).send(ci).expect(200)
    expect(same.body.data.job_type).toBe('ci')
    const webhook = await createApiJob(api, { triggers: { github_webhook: true } })
    expect(webhook.job_type).toBe('ci')
    const { body } = await api
      .post(`${v2}/jobs/${webhook.id}/`)
      .send({ ...webhook, triggers: { github_webhook: false } })
    expect(body.data.job_type).toBe('other')
  })

  test('may wait for another job, whose project is found', async () => {
    const first = await createApiJob(api)
    const second = await createApiJob(api, {
      job_completion_trigger_condition: { condition: { job_id: first.id, statuses: [10, 20] } },
    })
    expect(second.job_completion_trigger_condition).toEqual({
      condition: { job_id: first.id, project_id: first.project_id, statuses: [10, 20] },
    })
    // A reference to what was deleted meanwhile comes back with every round trip.
    await api.delete(`${v2}/jobs/${first.id}/`).expect(200)
    await api.post(`${v2}/jobs/${second.id}/`).send(second).expect(200)
    const ended = await api.post(`${v2}/jobs/${second.id}/`).send({ job_completion_trigger_condition: null })
    expect(ended.body.data.job_completion_trigger_condition).toBeNull()
  })

  test('may not begin to wait for a job that its token may not know of', async () => {
    const hidden = await createApiJob(api)
    const seen = await createApiJob(api)
    const { environment_id, project_id } = await jobRow(api, seen.id)
    const scoped = api.as(await api.createToken([{ permission_set: 'job_admin', project_ids: [project_id] }]))
    const waiting = { job_completion_trigger_condition: { condition: { job_id: hidden.id, statuses: [10] } } }
    const field = 'job_completion_trigger_condition.condition.job_id'
    const refusal = { [field]: `Expected the id of a job of this account. Got ${hidden.id}.` }
    const made = await scoped.post(`${v2}/jobs/`).send({ name: 'New', environment_id, project_id, ...waiting })
    expect([made.status, made.body.data]).toEqual([400, refusal])
    const changed = await scoped.post(`${v2}/jobs/${seen.id}/`).send(waiting)
    expect([changed.status, changed.body.data]).toEqual([400, refusal])
    // Nothing else in the answer tells the two apart.
    const absent = { ...waiting, deferring_job_definition_id: 999_999, deferring_environment_id: 999_999 }
    const { environment_id: hiddenEnvironment } = await jobRow(api, hidden.id)
    const named = { ...waiting, deferring_job_definition_id: hidden.id, deferring_environment_id: hiddenEnvironment }
    const answers = [absent, named].map((body) => scoped.post(`${v2}/jobs/${seen.id}/`).send(body).expect(400))
    const fields = (await Promise.all(answers)).map(({ body }) => Object.keys(body.data))
    expect(fields[0]).toEqual(['deferring_job_definition_id', 'deferring_environment_id', field])
    expect(fields[1]).toEqual(fields[0])
    // A value that another token had set may come back.
    const set = await api.post(`${v2}/jobs/${seen.id}/`).send(waiting).expect(200)
    await scoped.post(`${v2}/jobs/${seen.id}/`).send(set.body.data).expect(200)
  })

  test('may not wait for a job that waits for it, however long the way round', async () => {
    const jobs = [await createApiJob(api), await createApiJob(api), await createApiJob(api)]
    const waitFor = (waiting: number, awaited: number) =>
      api.post(`${v2}/jobs/${jobs[waiting]?.id}/`).send({
        job_completion_trigger_condition: { condition: { job_id: jobs[awaited]?.id, statuses: [10] } },
      })
    await waitFor(1, 0).expect(200)
    await waitFor(2, 1).expect(200)
    const { body } = await waitFor(0, 2).expect(400)
    const [first, second, third] = jobs.map(({ id }) => id)
    expect(body.data).toEqual({
      'job_completion_trigger_condition.condition.job_id':
        `Expected a job that does not itself wait for this one. Got ${third}: ` +
        `${first} waits for ${third}, which waits for ${second}, which waits for ${first}.`,
    })
    await waitFor(1, 0).expect(200)
  })

  test('by the whole object that Terraform reads, related objects included', async () => {
    const job = await createApiJob(api)
    const { body } = await api.get(`${v2}/jobs/${job.id}/?include_related=[environment]`).expect(200)
    expect(body.data.environment).toMatchObject({ jobs: null, custom_environment_variables: null })
    const changed = await api
      .post(`${v2}/jobs/${job.id}/`)
      .send({ ...body.data, name: 'By Terraform' })
      .expect(200)
    expect(changed.body.data.name).toBe('By Terraform')
  })
})
