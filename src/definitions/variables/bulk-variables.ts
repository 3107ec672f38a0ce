import type { Db, Tx } from '../../db/database.ts'
import type { EnvironmentVariableRow } from '../../db/schema/environment-variables.ts'
import { InvalidRequestError, NotFoundError } from '../../domain/errors.ts'
import { isSecretVariable } from '../../domain/secrets/secret-names.ts'
import { activeState } from '../../domain/state.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { placeInVariable } from '../../secrets/secret-place.ts'
import { getLockedProject } from '../projects/project-queries.ts'
import { assertStaysSecret } from './stays-secret.ts'
import { storeVariable } from './store-variable.ts'

interface BulkContext {
  readonly db: Db
  readonly secretBox: SecretBox
}

interface ProjectKey {
  readonly accountId: number
  readonly projectId: number
}

/** The word for the project itself, where names of environments stand. */
export const projectScope = 'project'

/** One variable, with its value for the project and for environments by their names; null or empty removes one. */
export interface BulkVariable {
  readonly name: string
  readonly newName: string
  /** They are named by scope: `project`, the name of an environment, or the id of a variable. */
  readonly values: ReadonlyMap<string, string | null>
}

export interface BulkOutcome {
  readonly newIds: readonly number[]
  readonly deletedIds: readonly number[]
}

/** Creates or changes variables in many places, all or none. */
export async function setVariables(
  ctx: BulkContext,
  key: ProjectKey,
  variables: readonly BulkVariable[],
): Promise<BulkOutcome[]> {
  return await ctx.db.transaction().execute(async (tx) => {
    const scopes = await findScopes(tx, key)
    const outcomes: BulkOutcome[] = []
    for (const variable of variables) outcomes.push(await setVariable(tx, ctx.secretBox, key, scopes, variable))
    return outcomes
  })
}

/** Removes variables with all of their values, those of jobs included. */
export async function removeVariables(ctx: BulkContext, key: ProjectKey, names: readonly string[]): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    await findScopes(tx, key)
    const rows = await rowsOf(tx, key, names)
    if (rows.length === 0) throw new NotFoundError(`Project ${key.projectId} has no environment variable ${names}.`)
    await remove(tx, rows)
  })
}

async function setVariable(
  tx: Tx,
  secretBox: SecretBox,
  key: ProjectKey,
  scopes: ReadonlyMap<string, number | null>,
  { name, newName, values }: BulkVariable,
): Promise<BulkOutcome> {
  const rows = await rowsOf(tx, key, [name])
  if (newName !== name) await rename(tx, secretBox, key, rows, newName)
  const newIds: number[] = []
  const deletedIds: number[] = []
  for (const [scope, value] of values) {
    const row = rows.find((each) => String(each.id) === scope)
    const environmentId = row === undefined ? environmentOf(scope, scopes) : row.environment_id
    const existing = row ?? rows.find((each) => each.environment_id === environmentId && each.job_id === null)
    if (value === null || value === '') {
      if (existing === undefined) continue
      await remove(tx, [existing])
      deletedIds.push(existing.id)
      continue
    }
    const owner = { projectId: key.projectId, environmentId, jobId: existing?.job_id }
    const stored = await storeVariable({ tx, accountId: key.accountId, secretBox }, owner, newName, value)
    if (existing === undefined) newIds.push(stored.id)
  }
  return { newIds, deletedIds }
}

async function findScopes(tx: Tx, { accountId, projectId }: ProjectKey): Promise<Map<string, number | null>> {
  await getLockedProject(tx, accountId, projectId, 'share')
  const environments = await tx
    .selectFrom('environments')
    .select(['id', 'name'])
    .where('project_id', '=', projectId)
    .where('state', '=', activeState)
    .orderBy('id', 'desc')
    .execute()
  return new Map<string, number | null>([
    ...environments.map(({ id, name }): [string, number] => [name, id]),
    [projectScope, null],
  ])
}

function environmentOf(scope: string, scopes: ReadonlyMap<string, number | null>): number | null {
  const environmentId = scopes.get(scope)
  if (environmentId !== undefined) return environmentId
  const known = [...scopes.keys()].map((name) => JSON.stringify(name)).join(', ')
  const message = `Expected one of ${known}, or the id of the variable. Got ${JSON.stringify(scope)}.`
  throw new InvalidRequestError(message, { fields: { env_var: message } })
}

async function rename(
  tx: Tx,
  secretBox: SecretBox,
  key: ProjectKey,
  rows: readonly EnvironmentVariableRow[],
  name: string,
): Promise<void> {
  if ((await rowsOf(tx, key, [name])).length > 0) {
    const message = `Expected a name that the project has not yet. Got ${JSON.stringify(name)}.`
    throw new InvalidRequestError(message, { fields: { new_name: message } })
  }
  for (const row of rows) {
    assertStaysSecret(row, name, 'new_name')
    const text = row.ciphertext === null ? (row.value ?? '') : secretBox.decrypt(row.ciphertext, placeInVariable(row))
    const secret = isSecretVariable(name)
    const ciphertext = secret ? secretBox.encrypt(text, placeInVariable({ ...row, name })) : null
    await tx
      .updateTable('environment_variables')
      .set({ name, value: secret ? null : text, ciphertext })
      .where('id', '=', row.id)
      .execute()
  }
}

async function rowsOf(tx: Tx, key: ProjectKey, names: readonly string[]): Promise<EnvironmentVariableRow[]> {
  return await tx
    .selectFrom('environment_variables')
    .selectAll()
    .where('project_id', '=', key.projectId)
    .where('account_id', '=', key.accountId)
    .where('name', 'in', [...names])
    .forUpdate()
    .execute()
}

async function remove(tx: Tx, rows: readonly EnvironmentVariableRow[]): Promise<void> {
  const ids = rows.map((row) => row.id)
  await tx.deleteFrom('environment_variables').where('id', 'in', ids).execute()
}
