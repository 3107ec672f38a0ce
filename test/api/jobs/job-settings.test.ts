import fc from 'fast-check'
import { wireOfSettings } from '../../../src/definitions/jobs/job-wire.ts'
import {
  defaultJobFlags,
  defaultJobSettings,
  type JobSettings,
  jobSettingKeys,
  jobSettingsOf,
} from '../../../src/domain/job.ts'
import { keysOf, pick, recordOf } from '../../../src/util/objects/pick.ts'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createEnvironment, jobRow, v2 } from '../../support/objects.ts'

// Every setting of a job is the same after all roads: the API, an export, `apply`, and the API again.

let api: TestApi
let owner: { project_id: number; environment_id: number }
let otherJob: number
beforeAll(async () => {
  api = await createTestApi()
  const { projectId, environmentId } = await createEnvironment(api)
  owner = { project_id: projectId, environment_id: environmentId }
  const made = await api
    .post(`${v2}/jobs/`)
    .send({ ...owner, name: 'Other' })
    .expect(201)
  otherJob = made.body.data.id
})
afterAll(() => api.close())

const line = fc.stringMatching(/^[a-z][a-z ]{0,18}[a-z]$/)
const word = fc.stringMatching(/^[a-z]{3,10}$/).filter((text) => text !== 'default')

/** A value of each setting that is not its default. */
function otherThanDefault(): { readonly [Key in keyof JobSettings]: fc.Arbitrary<JobSettings[Key]> } {
  return {
    name: line,
    description: line,
    dbt_version: fc.constantFrom('1.9', '1.10.2', 'latest'),
    engine: fc.constantFrom('dbt', 'simulated'),
    execute_steps: fc.array(fc.constantFrom('dbt build', 'dbt run --select a'), { minLength: 1, maxLength: 3 }),
    timeout_seconds: fc.integer({ min: 1, max: 9_999 }),
    threads: fc.integer({ min: 1, max: 64 }),
    target_name: word,
    trigger_schedule: fc.constant(true),
    trigger_github_webhook: fc.constant(true),
    trigger_git_provider_webhook: fc.constant(true),
    trigger_on_merge: fc.constant(true),
    schedule: fc.constantFrom(
      { cron: '0 6 * * *', timezone: 'Asia/Kolkata' },
      { date: { type: 'days_of_week', days: [1, 5] }, time: { type: 'at_exact_hours', hours: [6] } },
      { date: { type: 'custom_cron', cron: '1 2 3 4 5' } },
    ),
    compare_changes_flags: line,
    deferring_job_definition_id: fc.constant(otherJob),
    deferring_environment_id: fc.constant(owner.environment_id),
    lifecycle_webhooks_url: fc.webUrl(),
    job_completion_trigger: fc
      .shuffledSubarray([10, 20, 30], { minLength: 1 })
      .map((statuses) => ({ condition: { job_id: otherJob, project_id: owner.project_id, statuses } })),
    cost_optimization_features: fc.uniqueArray(word, { minLength: 1, maxLength: 2 }),
    ...recordOf(keysOf(defaultJobFlags), (flag) => fc.constant(!defaultJobFlags[flag])),
  }
}

/** Makes some or all settings of a job, the others by default. */
function generatedSettings(): fc.Arbitrary<JobSettings> {
  const chosen = fc.oneof(fc.constant([...jobSettingKeys]), fc.subarray([...jobSettingKeys]))
  return fc.tuple(fc.record(otherThanDefault()), chosen).map(([settings, keys]) => {
    // A name is always given, and a schedule where it counts.
    const given = ['name' as const, ...(keys.includes('trigger_schedule') ? ['schedule' as const] : []), ...keys]
    return { ...defaultJobSettings, ...pick(settings, given) }
  })
}

async function shown(id: number): Promise<object> {
  const { body } = await api.get(`${v2}/jobs/${id}/?include_related=["stratus"]`).expect(200)
  return { ...body.data, created_at: '', updated_at: '', next_run: '', next_run_humanized: '' }
}

test('every setting survives the API, an export, apply and the API again', async () => {
  await fc.assert(
    fc.asyncProperty(generatedSettings(), async (settings) => {
      const { engine, ...wire } = wireOfSettings(settings)
      const made = await api.post(`${v2}/jobs/`).send({ ...owner, ...wire, stratus: { engine } })
      expect([made.status, made.body.data]).toEqual([201, expect.anything()])
      const id: number = made.body.data.id
      expect(jobSettingsOf(await jobRow(api, id))).toEqual(settings)
      const first = await shown(id)

      const exported = await api.get('/api/stratus/v1/export/').expect(200)
      const { document } = exported.body.data
      await api.ctx.db.deleteFrom('jobs').where('id', '=', id).execute()
      const applied = await api.post('/api/stratus/v1/apply/').send({ document })
      expect([applied.status, applied.body.data]).toEqual([200, expect.anything()])
      expect(jobSettingsOf(await jobRow(api, id))).toEqual(settings)
      expect(await shown(id)).toEqual(first)

      await api.post(`${v2}/jobs/${id}/`).send(first).expect(200)
      expect(jobSettingsOf(await jobRow(api, id))).toEqual(settings)
      await api.ctx.db.deleteFrom('jobs').where('id', '=', id).execute()
    }),
    { numRuns: 20 },
  )
})
