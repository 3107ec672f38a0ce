import { exportDocument as exportAll } from '../../definitions/stratus-yml/export/export-document.ts'
import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import type { components } from '../wire/stratus.generated.ts'

export const exportDocument = operation({
  operationId: 'Export Document',
  method: 'get',
  path: '/api/stratus/v1/export/',
  permission: 'account:admin',
  params: none,
  query: none,
  body: none,
  async handler(ctx, { access }) {
    assertWholeAccount(access)
    const { document, secrets } = await exportAll(ctx, access.accountId)
    const exported: components['schemas']['ExportedDocument'] = {
      document: { ...document },
      secrets: secrets.map((path) => [...path]),
    }
    return ok(exported)
  },
})
