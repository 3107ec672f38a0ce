import type { TestApi } from './api-server.ts'

export const v2 = '/api/v2/accounts/1'
export const v3 = '/api/v3/accounts/1'

/** Makes a project with one environment by the API; answers their ids. */
export async function createEnvironment(api: TestApi): Promise<{ projectId: number; environmentId: number }> {
  const project = await api.post(`${v3}/projects/`).send({ name: 'Shop', account_id: 1, state: 1, type: 0 }).expect(201)
  const projectId: number = project.body.data.id
  const environment = await api
    .post(`${v3}/projects/${projectId}/environments/`)
    .send({ name: 'Production', project_id: projectId, dbt_version: '1.10.0', deployment_type: 'production' })
    .expect(201)
  return { projectId, environmentId: environment.body.data.id }
}

/** Makes a job in a project and an environment of its own; answers what the API says of it. */
export async function createApiJob(
  api: TestApi,
  fields: object = {},
): Promise<Record<string, unknown> & { id: number }> {
  const { projectId, environmentId } = await createEnvironment(api)
  const given = { project_id: projectId, environment_id: environmentId, name: 'Build', execute_steps: ['dbt build'] }
  const { body } = await api
    .post(`${v2}/jobs/`)
    .send({ ...given, ...fields })
    .expect(201)
  return body.data
}

/** The row of a job, to see that nothing was written. */
export async function jobRow(api: TestApi, id: number) {
  return await api.ctx.db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}
