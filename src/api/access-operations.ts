import { listUsersAt } from './list-users-at.ts'
import type { Operation } from './operation.ts'
import { retrieveUserAt } from './retrieve-user-at.ts'
import { listLicenses } from './v2/licenses/list-licenses.ts'
import { retrieveCaller } from './v2/users/retrieve-caller.ts'
import { listAuditLogs } from './v3/audit-logs/list-audit-logs.ts'
import { createServiceToken } from './v3/service-tokens/create-service-token.ts'
import { destroyServiceToken } from './v3/service-tokens/destroy-service-token.ts'
import { listServiceTokenPermissions } from './v3/service-tokens/list-service-token-permissions.ts'
import { listServiceTokens } from './v3/service-tokens/list-service-tokens.ts'
import { replaceServiceTokenPermissions } from './v3/service-tokens/replace-service-token-permissions.ts'
import { retrieveServiceToken } from './v3/service-tokens/retrieve-service-token.ts'
import { updateServiceToken } from './v3/service-tokens/update-service-token.ts'
import { listUserCredentials } from './v3/users/list-user-credentials.ts'

/** Who may do what, and who did it. */
export const accessOperations: readonly Operation[] = [
  retrieveCaller,
  listUsersAt('/api/v2/accounts/:account_id/users/'),
  retrieveUserAt('/api/v2/accounts/:account_id/users/:user_id/', 'Retrieve Account User'),
  retrieveUserAt('/api/v2/users/:user_id/'),
  listLicenses,
  listUsersAt('/api/v3/accounts/:account_id/users/'),
  retrieveUserAt('/api/v3/accounts/:account_id/users/:user_id/'),
  listUserCredentials,
  listServiceTokens,
  createServiceToken,
  retrieveServiceToken,
  updateServiceToken,
  destroyServiceToken,
  listServiceTokenPermissions,
  replaceServiceTokenPermissions,
  listAuditLogs,
]
