import * as z from 'zod'
import { none, operation } from '../http/operation.ts'
import { list } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import type { components } from '../wire/v2.generated.ts'

/** Nobody needs a licence here, so that none is counted and none is used up. */
const unlimited: components['schemas']['LicenseDetail'] = {
  limited: false,
  over_limit: false,
  total: 0,
  in_use: 0,
  available: 0,
  assigned: 0,
  enterprise_plan: true,
}

const allocation: components['schemas']['LicenseAllocation'] = {
  developer: unlimited,
  explorer: unlimited,
  read_only: unlimited,
  it: unlimited,
  analyst: unlimited,
}

export const listLicenses = operation({
  operationId: 'List Account License Allocations',
  method: 'get',
  path: '/api/v2/accounts/:account_id/licenses/',
  permission: 'account:read',
  params: z.object({ account_id: pathId }),
  query: none,
  body: none,
  async handler() {
    return list({ items: [allocation], total: 1, filters: { limit: 100, offset: 0 }, orderBy: null })
  },
})
