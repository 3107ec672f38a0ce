import { placeInVariable } from '../../../src/secrets/secret-place.ts'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createEnvironment, v3 } from '../../support/objects.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const pathOf = (projectId: unknown) => `${v3}/projects/${projectId}/environment-variables/`

/** A run of the job would find these, secrets in the clear. */
async function storedValues(projectId: number): Promise<Record<string, string>> {
  const rows = await api.ctx.db
    .selectFrom('environment_variables')
    .selectAll()
    .where('project_id', '=', projectId)
    .execute()
  return Object.fromEntries(
    rows.map((row) => [
      `${row.name}@${row.job_id ?? row.environment_id ?? 'project'}`,
      row.ciphertext === null ? (row.value ?? '') : api.ctx.secretBox.decrypt(row.ciphertext, placeInVariable(row)),
    ]),
  )
}

describe('in bulk', () => {
  test('as Terraform’s provider does it: made, changed by ids and names, removed', async () => {
    const { projectId } = await createEnvironment(api)
    const path = `${pathOf(projectId)}bulk/`
    const env_var = { new_name: 'DBT_TF', project: 'default', Production: 'prod' }
    const made = await api.post(path).send({ env_var }).expect(201)
    expect(made.body.data.new_var_ids).toHaveLength(2)
    const read = async () => (await api.get(`${pathOf(projectId)}environment/`)).body.data.variables
    const { project, Production } = (await read()).DBT_TF
    expect([project.value, Production.value]).toEqual(['default', 'prod'])

    const env_vars = { name: 'DBT_TF', [project.id]: 'changed', [Production.id]: '' }
    const changed = await api.put(path).send({ env_vars }).expect(200)
    expect(changed.body.data).toMatchObject({ new_var_ids: [], deleted_var_ids: [Production.id] })
    await api
      .put(path)
      .send({ env_vars: { name: 'DBT_TF', Production: 'again' } })
      .expect(200)
    expect(await read()).toMatchObject({ DBT_TF: { project: { value: 'changed' }, Production: { value: 'again' } } })

    await api
      .put(path)
      .send({ env_vars: { name: 'DBT_TF', new_name: 'DBT_TERRAFORM' } })
      .expect(200)
    expect(Object.keys(await read())).toEqual(['DBT_TERRAFORM'])
    await api.delete(path).send({ name: 'DBT_TERRAFORM' }).expect(200)
    expect(await read()).toEqual({})
    await api.delete(path).send({ name: 'DBT_TERRAFORM' }).expect(404)
  })

  test('a list is answered by a list, and one that is wrong undoes all', async () => {
    const { projectId } = await createEnvironment(api)
    const path = `${pathOf(projectId)}bulk`
    const first = { new_name: 'DBT_A', project: '1' }
    const made = await api
      .post(path)
      .send({ env_var: [first, { new_name: 'DBT_B', Production: '2' }] })
      .expect(201)
    expect(made.body.data.map((each: { key_name: string }) => each.key_name)).toEqual(['DBT_A', 'DBT_B'])
    const wrong = { new_name: 'DBT_D', Nowhere: 'hush' }
    const { body, text } = await api
      .post(path)
      .send({ env_var: [{ new_name: 'DBT_C', project: '1' }, wrong] })
      .expect(400)
    expect(body.data.env_var).toMatch(/Expected one of "Production", "project".* Got "Nowhere"/)
    expect(text).not.toContain('hush')
    await api
      .put(path)
      .send({ env_vars: { name: 'DBT_A', new_name: 'DBT_B' } })
      .expect(400)
    expect(Object.keys(await storedValues(projectId)).map((key) => key.split('@')[0])).toEqual(['DBT_A', 'DBT_B'])
  })
})
