import fc from 'fast-check'
import { ownSettings, sharedSettings } from '../../../src/definitions/environments/environment-wire.ts'
import {
  defaultEnvironmentSettings,
  type EnvironmentSettings,
  environmentSettingKeys,
  environmentSettingsOf,
} from '../../../src/domain/environment.ts'
import { pick } from '../../../src/util/objects/pick.ts'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { v2, v3 } from '../../support/objects.ts'

// Every setting of an environment is the same after all roads: the API, an export, `apply`, and the API again.

const dbtCommand = '/opt/dbt/bin/dbt'

let api: TestApi
let projectId: number
beforeAll(async () => {
  // Any program and any user, as for the owner of a machine.
  api = await createTestApi('postgres', { policy: { unrestricted: true } })
  const project = await api.post(`${v3}/projects/`).send({ name: 'Shop' }).expect(201)
  projectId = project.body.data.id
})
afterAll(() => api.close())

const line = fc.stringMatching(/^[a-z][a-z ]{0,18}[a-z]$/)
const word = fc.stringMatching(/^[a-z]{3,10}$/)

/** A value of each setting that is not its default. */
const otherThanDefault: { readonly [Key in keyof EnvironmentSettings]: fc.Arbitrary<EnvironmentSettings[Key]> } = {
  name: line,
  type: fc.constant('development'),
  deployment_type: fc.constantFrom('production', 'staging'),
  engine: fc.constant('simulated'),
  dbt_command: fc.constant(dbtCommand),
  dbt_version: fc.constantFrom('1.9', '1.10.2'),
  custom_branch: word,
  profile_name: word,
  target_name: word,
  max_parallel_runs: fc.integer({ min: 1, max: 99 }),
  run_as: word,
}

/** Makes some or all settings of an environment, the others by default. */
const generatedSettings: fc.Arbitrary<EnvironmentSettings> = fc
  .tuple(
    fc.record(otherThanDefault),
    fc.oneof(fc.constant([...environmentSettingKeys]), fc.subarray([...environmentSettingKeys])),
  )
  .map(([settings, keys]) => ({ ...defaultEnvironmentSettings, ...pick(settings, ['name', ...keys]) }))

async function stored(id: number): Promise<EnvironmentSettings> {
  const row = api.ctx.db.selectFrom('environments').selectAll().where('id', '=', id)
  return environmentSettingsOf(await row.executeTakeFirstOrThrow())
}

async function shown(id: number): Promise<object> {
  const { body } = await api.get(`${v2}/environments/${id}/?include_related=["stratus"]`).expect(200)
  return { ...body.data, connection_id: 0, connection: null, created_at: '', updated_at: '' }
}

test('every setting survives the API, an export, apply and the API again', async () => {
  await fc.assert(
    fc.asyncProperty(generatedSettings, async (settings) => {
      const wire = { ...sharedSettings(settings), stratus: ownSettings(settings) }
      const made = await api.post(`${v2}/environments/`).send({ ...wire, project_id: projectId })
      expect([made.status, made.body.data]).toEqual([201, expect.anything()])
      const id: number = made.body.data.id
      expect(await stored(id)).toEqual(settings)
      const first = await shown(id)

      const exported = await api.get('/api/stratus/v1/export/').expect(200)
      const { document } = exported.body.data
      await api.ctx.db.deleteFrom('environments').where('id', '=', id).execute()
      const applied = await api.post('/api/stratus/v1/apply/').send({ document })
      expect([applied.status, applied.body.data]).toEqual([200, expect.anything()])
      expect(await stored(id)).toEqual(settings)
      expect(await shown(id)).toEqual(first)

      const { connection_id: _id, ...sent } = { connection_id: 0, ...first }
      await api.post(`${v2}/environments/${id}/`).send(sent).expect(200)
      expect(await stored(id)).toEqual(settings)
      await api.ctx.db.deleteFrom('environments').where('id', '=', id).execute()
    }),
    { numRuns: 20 },
  )
})
