import * as z from 'zod'
import {
  createVariable,
  deleteVariable,
  updateVariable,
  type VariableKey,
} from '../../definitions/variables/change-variables.ts'
import { InvalidRequestError, NotSupportedError } from '../../domain/errors.ts'
import { deletedState } from '../../domain/state.ts'
import { none, operation } from '../http/operation.ts'
import { created, ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { assertSame, requireFields } from '../inputs/required-fields.ts'
import { presentVariable } from '../presenters/present-variable.ts'
import { givenValueOf, type VariableBody, variableBody } from './variable-body.ts'

const path = '/api/v3/accounts/:account_id/projects/:project_id/environment-variables/'
const listParams = z.object({ account_id: pathId, project_id: pathId })
const params = listParams.extend({ variable_id: pathId })

/** One that its owner has already gets the new value, so that a repeated request does no harm. */
export const createEnvironmentVariable = operation({
  operationId: 'Create Projects Environment Variable',
  method: 'post',
  path,
  permission: 'variables:write',
  params: listParams,
  query: none,
  body: variableBody,
  async handler(ctx, { params: { account_id: accountId, project_id: projectId }, body }) {
    requireFields(body, ['name', 'type'])
    assertSame('project_id', body.project_id, projectId)
    const value = givenValueOf(body)
    if (value === undefined) throw valueMissing()
    const variable = { accountId, projectId, ...ownerOf(body), name: body.name, value }
    return created(presentVariable(await createVariable(ctx, variable)))
  },
})

export const updateEnvironmentVariable = operation({
  operationId: 'Update Projects Environment Variable',
  method: 'post',
  path: `${path}:variable_id/`,
  permission: 'variables:write',
  params,
  query: none,
  body: variableBody,
  async handler(ctx, { params, body }) {
    const key = keyOf(params)
    assertSame('id', body.id, key.id)
    assertSame('project_id', body.project_id, key.projectId)
    if (body.state === deletedState) return ok(presentVariable(await deleteVariable(ctx, key), deletedState))
    const change = { name: body.name ?? undefined, value: givenValueOf(body) }
    return ok(presentVariable(await updateVariable(ctx, key, change)))
  },
})

export const destroyEnvironmentVariable = operation({
  operationId: 'Destroy Projects Environment Variable',
  method: 'delete',
  path: `${path}:variable_id/`,
  permission: 'variables:write',
  params,
  query: none,
  body: none,
  handler: async (ctx, { params }) => ok(presentVariable(await deleteVariable(ctx, keyOf(params)), 2)),
})

function keyOf(path: z.infer<typeof params>): VariableKey {
  return { accountId: path.account_id, projectId: path.project_id, id: path.variable_id }
}

function ownerOf(body: VariableBody): { environmentId: number | null; jobId: number | null } {
  switch (body.type) {
    case 'job':
      requireFields(body, ['job_definition_id'])
      return { environmentId: null, jobId: body.job_definition_id }
    case 'environment':
      requireFields(body, ['environment_id'])
      return { environmentId: body.environment_id, jobId: null }
    case 'user':
      throw new NotSupportedError(
        'Environment variables of users are not supported: there are no development sessions.',
      )
    default:
      return { environmentId: null, jobId: null }
  }
}

function valueMissing(): InvalidRequestError {
  return new InvalidRequestError('The variable has no value.', { fields: { raw_value: 'This field is required.' } })
}
