import { listLicenses } from './accounts/list-licenses.ts'
import { listAuditLogs } from './audit-logs/list-audit-logs.ts'
import type { Operation } from './http/operation.ts'
import { createServiceToken } from './service-tokens/create-service-token.ts'
import { destroyServiceToken } from './service-tokens/destroy-service-token.ts'
import { listServiceTokenPermissions } from './service-tokens/list-service-token-permissions.ts'
import { listServiceTokens } from './service-tokens/list-service-tokens.ts'
import { replaceServiceTokenPermissions } from './service-tokens/replace-service-token-permissions.ts'
import { retrieveServiceToken } from './service-tokens/retrieve-service-token.ts'
import { updateServiceToken } from './service-tokens/update-service-token.ts'
import { listUserCredentials } from './users/list-user-credentials.ts'
import { listUsersAt } from './users/list-users.ts'
import { retrieveCaller } from './users/retrieve-caller.ts'
import { retrieveUserAt } from './users/retrieve-user.ts'

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
