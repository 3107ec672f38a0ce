import { openSecrets } from '../../../src/definitions/connections/secrets.ts'
import { placeInEnvironment } from '../../../src/secrets/secret-place.ts'
import type { TestApi } from '../api-server.ts'
import { createEnvironment, v3 } from '../objects.ts'

/** Gives the connection that a run of the environment would use. */
export async function connectionOfRuns(api: TestApi, environmentId: number) {
  const row = await api.ctx.db
    .selectFrom('environments')
    .select(['id', 'project_id', 'connection', 'connection_secrets', 'target_name'])
    .where('id', '=', environmentId)
    .executeTakeFirstOrThrow()
  const { connection, connection_secrets: sealed, target_name } = row
  return { connection, target_name, secrets: openSecrets(sealed, api.ctx.secretBox, placeInEnvironment(row)) }
}

export const postgres = {
  name: 'Warehouse',
  type: 'postgres',
  state: 1,
  details: { hostname: 'db.example', port: 5439, dbname: 'shop', tunnel_enabled: false },
}
export const user = {
  type: 'postgres',
  threads: 8,
  username: 'dbt',
  password: 'hush-1',
  default_schema: 'prod',
  target_name: 'prod',
}

/** Makes an environment whose connection and credentials are objects of their own, which others may use, too. */
export async function createShared(api: TestApi) {
  const { projectId, environmentId } = await createEnvironment(api)
  const project = `${v3}/projects/${projectId}`
  const connection = await api.post(`${project}/connections/`).send(postgres).expect(201)
  const credentials = await api.post(`${project}/credentials/`).send(user).expect(201)
  const ids = { connection_id: connection.body.data.id, credentials_id: credentials.body.data.id }
  const environment = await api.post(`${project}/environments/${environmentId}/`).send(ids).expect(200)
  return { projectId, environmentId, project, ...ids, environment: environment.body.data }
}
