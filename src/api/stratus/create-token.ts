import { z } from 'zod'
import { permissionSets } from '../../domain/permissions.ts'
import { createToken as create } from '../../tokens/create-token.ts'
import { isStorable } from '../inputs/body-fields.ts'
import { none, operation } from '../operation.ts'
import { created } from '../reply.ts'
import { assertWholeAccount } from './assert-whole-account.ts'
import { presentToken } from './present-token.ts'

const grantsExpected = { error: 'Expected a list of at least one {permission_set, project_ids}.' }
const projectIdsExpected = { error: 'Expected a list of project ids, or null for all projects.' }

const grant = z.object({
  permission_set: z.enum(permissionSets, { error: `Expected one of ${permissionSets.join(', ')}.` }),
  project_ids: z
    .array(z.int(projectIdsExpected).positive(projectIdsExpected), projectIdsExpected)
    .min(1, projectIdsExpected)
    .nullish(),
})

const nameExpected = { error: 'Expected a name of 1 to 255 characters.' }
const expiryExpected = { error: 'Expected a time to come, such as 2030-01-31T00:00:00Z.' }

export const createToken = operation({
  operationId: 'Create Token',
  method: 'post',
  path: '/api/stratus/v1/tokens/',
  permission: 'account:admin',
  params: none,
  query: none,
  body: z.object({
    name: z.string(nameExpected).trim().min(1, nameExpected).max(255, nameExpected).refine(isStorable, nameExpected),
    grants: z.array(grant, grantsExpected).min(1, grantsExpected),
    expires_at: z.iso
      .datetime({ offset: true, ...expiryExpected })
      .refine((time) => new Date(time) > new Date(), expiryExpected)
      .nullish(),
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
      ...(body.expires_at && { expiresAt: new Date(body.expires_at) }),
    })
    return created({ ...presentToken(row), token })
  },
})
