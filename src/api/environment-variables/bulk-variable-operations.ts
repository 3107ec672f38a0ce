import * as z from 'zod'
import {
  type BulkOutcome,
  type BulkVariable,
  removeVariables,
  setVariables,
} from '../../definitions/variables/bulk-variables.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import { none, operation } from '../http/operation.ts'
import { created, ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { variableName, variableValue } from './variable-body.ts'

const path = '/api/v3/accounts/:account_id/projects/:project_id/environment-variables/bulk/'
const params = z.object({ account_id: pathId, project_id: pathId })

/** `{name, new_name, <scope>: <value>, …}`. */
const bulkVariable = z
  .object({ name: variableName.nullish(), new_name: variableName.nullish() })
  .catchall(variableValue.nullable())
const most = 1_000
const oneOrMany = z.union([bulkVariable, z.array(bulkVariable).max(most)]).optional()
const body = z.object({ env_var: oneOrMany, env_vars: oneOrMany })

/** Terraform's provider sends one and reads an object, dbt Cloud's own clients send a list and read one. */
export const createEnvironmentVariablesBulk = operation({
  operationId: 'Create Projects Environment Variables Bulk',
  method: 'post',
  path,
  permission: 'variables:write',
  params,
  query: none,
  body,
  async handler(ctx, { params: { account_id: accountId, project_id: projectId }, body }) {
    const { given, isList } = variablesIn(body)
    const outcomes = await setVariables(ctx, { accountId, projectId }, given.map(toBulkVariable))
    const messages = outcomes.map(({ newIds }) => ({ message: 'Environment variable created.', new_var_ids: newIds }))
    if (!isList) return created(messages[0])
    return created(
      given.map((variable, index) => ({
        status: 'success',
        status_code: 201,
        key_name: variable.new_name ?? variable.name ?? '',
        data: messages[index],
      })),
    )
  },
})

/** A new name, new values, and with empty text or null the end of values. */
export const updateEnvironmentVariablesBulk = operation({
  operationId: 'Update Projects Environment Variables Bulk',
  method: 'put',
  path,
  permission: 'variables:write',
  params,
  query: none,
  body,
  async handler(ctx, { params: { account_id: accountId, project_id: projectId }, body }) {
    const { given } = variablesIn(body)
    const outcomes = await setVariables(ctx, { accountId, projectId }, given.map(toBulkVariable))
    return ok(summary(outcomes))
  },
})

const named = z.union([variableName.transform((name) => [name]), z.array(variableName).min(1).max(most)])

export const destroyEnvironmentVariablesBulk = operation({
  operationId: 'Destroy Projects Environment Variables Bulk',
  method: 'delete',
  path,
  permission: 'variables:write',
  params,
  query: none,
  body: z.object({ name: named.optional(), names: named.optional(), env_var: named.optional() }),
  async handler(ctx, { params: { account_id: accountId, project_id: projectId }, body }) {
    const names = body.name ?? body.names ?? body.env_var
    if (names === undefined) throw missing('name')
    await removeVariables(ctx, { accountId, projectId }, names)
    return ok({ message: 'Environment variable deleted.', new_var_ids: [], deleted_var_ids: [] })
  },
})

type Given = z.infer<typeof bulkVariable>

function variablesIn({ env_var, env_vars }: z.infer<typeof body>): { given: readonly Given[]; isList: boolean } {
  const sent = env_var ?? env_vars
  if (sent === undefined) throw missing('env_var')
  return Array.isArray(sent) ? { given: sent, isList: true } : { given: [sent], isList: false }
}

function toBulkVariable({ name, new_name, ...values }: Given): BulkVariable {
  const known = name ?? new_name
  if (known === null || known === undefined) throw missing('env_var.new_name')
  return { name: known, newName: new_name ?? known, values: new Map(Object.entries(values)) }
}

function missing(field: string): InvalidRequestError {
  return new InvalidRequestError('The request was invalid.', { fields: { [field]: 'This field is required.' } })
}

function summary(outcomes: readonly BulkOutcome[]) {
  return {
    message: 'Environment variables updated.',
    new_var_ids: outcomes.flatMap(({ newIds }) => newIds),
    deleted_var_ids: outcomes.flatMap(({ deletedIds }) => deletedIds),
  }
}
