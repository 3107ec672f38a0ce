import * as z from 'zod'
import { permissionSets } from '../../domain/permissions.ts'
import { createToken as create } from '../../tokens/create-token.ts'
import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, operation } from '../http/operation.ts'
import { created } from '../http/replies/reply.ts'
import { tokenExpiry, tokenName } from '../service-tokens/token-grants.ts'
import { presentToken } from './present-token.ts'

const grantsExpected = { error: 'Expected a list of 1 to 1000 {permission_set, project_ids}.' }
const projectIdsExpected = { error: 'Expected a list of 1 to 1000 project ids, or null for all projects.' }

const grant = z.object({
  permission_set: z.enum(permissionSets, { error: `Expected one of ${permissionSets.join(', ')}.` }),
  project_ids: z
    .array(z.int(projectIdsExpected).positive(projectIdsExpected), projectIdsExpected)
    .min(1, projectIdsExpected)
    .max(1_000, projectIdsExpected)
    .nullish(),
})

export const createToken = operation({
  operationId: 'Create Token',
  method: 'post',
  path: '/api/stratus/v1/tokens/',
  permission: 'tokens:write',
  params: none,
  query: none,
  body: z.object({
    name: tokenName,
    grants: z.array(grant, grantsExpected).min(1, grantsExpected).max(1_000, grantsExpected),
    expires_at: tokenExpiry,
  }),
  async handler(ctx, { body, access }) {
    assertWholeAccount(access)
    const { row, token } = await create(ctx, {
      accountId: access.accountId,
      name: body.name,
      grants: body.grants.map(({ permission_set, project_ids }) => ({
        permission_set,
        project_ids: project_ids ?? null,
      })),
      ...(body.expires_at && { expiresAt: body.expires_at }),
    })
    return created({ ...presentToken(row), token })
  },
})
