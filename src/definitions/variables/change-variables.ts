import { sql } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import type { EnvironmentVariableRow } from '../../db/schema/environment-variables.ts'
import { InvalidRequestError, NotFoundError } from '../../domain/errors.ts'
import { isMask } from '../../domain/secrets/secret-mask.ts'
import { isSecretVariable } from '../../domain/secrets/secret-names.ts'
import { activeState } from '../../domain/state.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { placeInVariable } from '../../secrets/secret-place.ts'
import { getProject } from '../projects/project-queries.ts'
import { plainValue } from './plain-value.ts'
import { assertNoMask, assertStaysSecret } from './stays-secret.ts'
import { storeVariable } from './store-variable.ts'
import { toRecord, type VariableRecord } from './variable-queries.ts'

interface VariableContext {
  readonly db: Db
  readonly secretBox: SecretBox
}

interface ProjectKey {
  readonly accountId: number
  readonly projectId: number
}

export interface NewVariable extends ProjectKey {
  readonly environmentId: number | null
  readonly jobId: number | null
  readonly name: string
  readonly value: string
}

/** Gives a variable to a project, to one of its environments or to one of its jobs. */
export async function createVariable(ctx: VariableContext, variable: NewVariable): Promise<VariableRecord> {
  return await ctx.db.transaction().execute(async (tx) => {
    await assertOwner(tx, variable)
    const { accountId, name, value } = variable
    return toRecord(await storeVariable({ tx, accountId, secretBox: ctx.secretBox }, variable, name, value))
  })
}

export interface VariableKey extends ProjectKey {
  readonly id: number
}

/** The change is another name, another value, or both. A secret that comes back as it was shown stays what it is. */
export async function updateVariable(
  ctx: VariableContext,
  key: VariableKey,
  change: { readonly name?: string | undefined; readonly value?: string | undefined },
): Promise<VariableRecord> {
  return await ctx.db.transaction().execute(async (tx) => {
    const before = await lockVariable(tx, key)
    const name = change.name ?? before.name
    const isShown = before.ciphertext !== null && change.value !== undefined && isMask(change.value)
    const isKept = change.value === undefined || isShown
    if (isKept) assertStaysSecret(before, name, 'name')
    const value = isKept ? plainValue(before, ctx.secretBox) : change.value
    if (name === before.name && value === plainValue(before, ctx.secretBox)) return toRecord(before)
    if (name !== before.name) await assertNameIsFree(tx, before, name)
    if (!isShown) assertNoMask(name, value)
    const secret = isSecretVariable(name)
    const updated = await tx
      .updateTable('environment_variables')
      .set({
        name,
        value: secret ? null : value,
        ciphertext: secret ? ctx.secretBox.encrypt(value, placeInVariable({ ...before, name })) : null,
        updated_at: sql<Date>`now()`,
      })
      .where('id', '=', before.id)
      .returningAll()
      .executeTakeFirstOrThrow()
    return toRecord(updated)
  })
}

export async function deleteVariable(ctx: VariableContext, key: VariableKey): Promise<VariableRecord> {
  return await ctx.db.transaction().execute(async (tx) => {
    const row = await lockVariable(tx, key)
    await tx.deleteFrom('environment_variables').where('id', '=', row.id).execute()
    return toRecord(row)
  })
}

async function lockVariable(tx: Tx, { accountId, projectId, id }: VariableKey): Promise<EnvironmentVariableRow> {
  const row = await tx
    .selectFrom('environment_variables')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .where('project_id', '=', projectId)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) throw new NotFoundError(`Project ${projectId} has no environment variable ${id}.`)
  return row
}

async function assertNameIsFree(tx: Tx, row: EnvironmentVariableRow, name: string): Promise<void> {
  const other = await tx
    .selectFrom('environment_variables')
    .select('id')
    .where('project_id', '=', row.project_id)
    .where('environment_id', 'is not distinct from', row.environment_id)
    .where('job_id', 'is not distinct from', row.job_id)
    .where('name', '=', name)
    .executeTakeFirst()
  if (other === undefined) return
  const message = `Expected another name: the environment variable ${other.id} has it. Got ${JSON.stringify(name)}.`
  throw new InvalidRequestError(message, { fields: { name: message } })
}

async function assertOwner(tx: Tx, { accountId, projectId, environmentId, jobId }: NewVariable): Promise<void> {
  if (jobId === null && environmentId === null) {
    await getProject(tx, accountId, projectId)
    return
  }
  const [table, id] = jobId !== null ? (['jobs', jobId] as const) : (['environments', environmentId] as const)
  const owner = await tx
    .selectFrom(table)
    .select('id')
    .where('id', '=', id)
    .where('project_id', '=', projectId)
    .where('account_id', '=', accountId)
    .where('state', '=', activeState)
    .executeTakeFirst()
  if (owner !== undefined) return
  const field = table === 'jobs' ? 'job_definition_id' : 'environment_id'
  const what = table === 'jobs' ? 'a job' : 'an environment'
  const message = `Expected the id of ${what} of project ${projectId}. Got ${id}.`
  throw new InvalidRequestError(message, { fields: { [field]: message } })
}
