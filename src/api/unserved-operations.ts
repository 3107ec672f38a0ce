import { NotSupportedError } from '../domain/errors.ts'
import { fromRoot } from './absent-things.ts'
import { type Method, none, type Operation, operation } from './http/operation.ts'

/** Operations that dbt Cloud documents and Stratus does not serve, by what they are about. */
interface Unserved {
  /** A whole sentence, for whoever calls one. */
  readonly because: string
  /** `METHOD path`, short as `fromRoot` takes it, to what it would do. */
  readonly operations: Readonly<Record<string, string>>
}

const unserved: readonly Unserved[] = [
  {
    because: 'Stratus sends no webhooks: poll the run, or let the job that waits be triggered by this one.',
    operations: {
      'GET A3/webhooks/subscriptions': 'List Webhooks Subscriptions',
      'POST A3/webhooks/subscriptions': 'Create Webhooks Subscription',
      'GET A3/webhooks/subscription/:subscription_id': 'Retrieve Webhooks Subscription',
      'PUT A3/webhooks/subscription/:subscription_id': 'Update Webhooks Subscription',
      'DELETE A3/webhooks/subscription/:subscription_id': 'Destroy Webhooks Subscription',
      'GET A3/webhooks/subscription/:subscription_id/test': 'Test Webhooks Subscription',
      'GET A3/webhooks/subscription/:subscription_id/events': 'List Webhooks Events',
      'GET A3/webhooks/subscription/:subscription_id/event/:event_id/receipt': 'List Receipts of a Webhooks Event',
      'GET A3/webhooks/event/:event_id': 'Retrieve Webhooks Event',
      'GET A3/webhooks/event/:event_id/receipts': 'List Webhooks Event Receipts',
      'GET A3/webhooks/receipt/:receipt_id': 'Retrieve Webhooks Receipt',
    },
  },
  {
    because: 'Stratus sends no notifications: let the client that triggers a run tell people of its end.',
    operations: {
      'GET A/notifications': 'List Notifications',
      'POST A/notifications': 'Create Notification',
      'GET A/notifications/:notification_id': 'Retrieve Notification',
      'POST A/notifications/:notification_id': 'Update Notification',
      'DELETE A/notifications/:notification_id': 'Destroy Notification',
      'POST /api/v2/notifications/unsubscribe': 'Unsubscribe from Notifications',
    },
  },
  {
    because: 'Stratus has service tokens and no people, so that there is nobody to invite, to license or to group.',
    operations: {
      'POST /api/v2/users/:user_id': 'Update User',
      'POST A3/invites': 'Send Invites',
      'POST A/permissions/:permission_id': 'Update License of a User',
      'POST A3/groups': 'Create Group',
      'POST A3/groups/:group_id': 'Update Group',
      'POST A3/group-permissions/:group_id': 'Assign Permissions to a Group',
      'POST A3/assign-groups': 'Assign User to Groups',
      'POST A3/license-maps': 'Create License Map',
      'POST A3/license-maps/:license_map_id': 'Update License Map',
      'DELETE A3/license-maps/:license_map_id': 'Destroy License Map',
      'POST A3/users/:user_id/account-apikeys': 'Create Personal Access Token',
      'POST A3/users/:user_id/account-apikeys/:apikey_id': 'Rotate Personal Access Token',
      'DELETE A3/users/:user_id/account-apikeys/:apikey_id': 'Delete Personal Access Token',
      'POST /api/v3/users/:user_id/credentials': 'Create User Credentials',
      'GET /api/v3/users/:user_id/credentials/:credentials_id': 'Retrieve User Credentials',
      'POST /api/v3/users/:user_id/credentials/:credentials_id': 'Update User Credentials',
      'DELETE /api/v3/users/:user_id/credentials/:credentials_id': 'Delete User Credentials',
    },
  },
  {
    because: 'Stratus has no SCIM: tokens are made and revoked as service tokens.',
    operations: {
      'GET A3/scim-config': 'Retrieve SCIM Configuration',
      'POST A3/scim-config': 'Create SCIM Configuration',
      'POST A3/scim-config/tokens': 'Create SCIM Token',
      'DELETE A3/scim-config/tokens/:scim_token_id': 'Delete SCIM Token',
      'GET A3/scim/v2/Groups': 'List SCIM Groups',
      'POST A3/scim/v2/Groups': 'Create SCIM Group',
      'GET A3/scim/v2/Groups/:group_id': 'Retrieve SCIM Group',
      'PUT A3/scim/v2/Groups/:group_id': 'Replace SCIM Group',
      'PATCH A3/scim/v2/Groups/:group_id': 'Update SCIM Group',
      'DELETE A3/scim/v2/Groups/:group_id': 'Delete SCIM Group',
      'GET A3/scim/v2/Users': 'List SCIM Users',
      'POST A3/scim/v2/Users': 'Create SCIM User',
      'GET A3/scim/v2/Users/:user_id': 'Retrieve SCIM User',
      'PUT A3/scim/v2/Users/:user_id': 'Replace SCIM User',
      'PATCH A3/scim/v2/Users/:user_id': 'Update SCIM User',
      'DELETE A3/scim/v2/Users/:user_id': 'Delete SCIM User',
      'GET A3/scim/v2/ResourceTypes': 'List SCIM Resource Types',
      'GET A3/scim/v2/ResourceTypes/:resource_type': 'Retrieve SCIM Resource Type',
      'GET A3/scim/v2/Schemas': 'List SCIM Schemas',
      'GET A3/scim/v2/Schemas/:schema_uri': 'Retrieve SCIM Schema',
      'GET A3/scim/v2/ServiceProviderConfig': 'Retrieve SCIM Service Provider Configuration',
    },
  },
  {
    because: 'Who may reach a Stratus server over the network is decided by the network that it is in.',
    operations: {
      'POST A3/ip-restrictions': 'Create IP Restriction',
      'PUT A3/ip-restrictions/:restriction_id': 'Update IP Restriction',
      'DELETE A3/ip-restrictions/:restriction_id': 'Delete IP Restriction',
      'POST A3/ip-restrictions-set': 'Enable IP Restrictions',
      'GET A3/ip-restrictions-set/:set_id/validate': 'Validate an Address',
      'GET A3/ip-restrictions-set/:set_id/validate/:rule_id': 'Validate an Address without one Rule',
      'POST A3/private-endpoints': 'Create Private Endpoint',
      'PATCH A3/private-endpoints/:endpoint_id': 'Update Private Endpoint',
      'DELETE A3/private-endpoints/:endpoint_id': 'Delete Private Endpoint',
      'POST A/encryptions': 'Create SSH Tunnel',
      'POST A/encryptions/:encryption_id': 'Update SSH Tunnel',
      'DELETE A/encryptions/:encryption_id': 'Destroy SSH Tunnel',
    },
  },
  {
    because: 'Stratus signs in to a warehouse with the credentials of its connection, never by OAuth.',
    operations: {
      'POST A3/oauth-configurations': 'Create OAuth Configuration',
      'POST A3/oauth-configurations/:oauth_configuration_id': 'Update OAuth Configuration',
      'DELETE A3/oauth-configurations/:oauth_configuration_id': 'Destroy OAuth Configuration',
    },
  },
  {
    because: 'The audit log is read page by page at audit-logs/.',
    operations: {
      'GET A3/audit-logs/download': 'Download Audit Log',
      'GET A3/audit-logs/export': 'Retrieve Audit Log Export',
      'POST A3/audit-logs/export': 'Start Audit Log Export',
      'GET A3/audit-logs/export/:job_identifier/download': 'Download Audit Log Export',
    },
  },
  {
    because: 'Stratus has no semantic layer and no catalogue of business tools.',
    operations: {
      'POST A3/projects/:project_id/integrations/lineage': 'Create Lineage Integration',
      'PATCH A3/projects/:project_id/integrations/lineage/:integration_id': 'Update Lineage Integration',
      'DELETE A3/projects/:project_id/integrations/lineage/:integration_id': 'Delete Lineage Integration',
      'GET A3/projects/:project_id/integrations/lineage/:integration_id/collections': 'List Collections',
      'GET A3/projects/:project_id/integrations/lineage/:integration_id/collections/:collection_id':
        'List Collections within a Collection',
      'POST A3/projects/:project_id/integrations/lineage/:integration_id/selections': 'Select Collections',
    },
  },
  {
    because: 'Stratus keeps no state of models between runs.',
    operations: { 'DELETE A3/environments/:environment_id/sao-cache': 'Delete State of an Environment' },
  },
  {
    because: 'Repositories are only read in v2: use projects/{project_id}/repositories/ of v3.',
    operations: {
      'POST A/repositories': 'Create Repository',
      'DELETE A/repositories/:repository_id': 'Destroy Repository',
    },
  },
  {
    because: 'What is to stand in profiles.yml is said by the connection and the credentials of an environment.',
    operations: {
      'POST A3/projects/:project_id/adapters': 'Create Adapter',
      'GET A3/projects/:project_id/adapters/:adapter_id': 'Retrieve Adapter',
      'POST A3/projects/:project_id/adapters/:adapter_id': 'Update Adapter',
      'DELETE A3/projects/:project_id/adapters/:adapter_id': 'Destroy Adapter',
      'GET /api/v3/adapter-schema': 'Retrieve Adapter Schema',
      'POST A3/projects/:project_id/extended-attributes': 'Create Extended Attributes',
      'GET A3/projects/:project_id/extended-attributes/:attributes_id': 'Retrieve Extended Attributes',
      'PATCH A3/projects/:project_id/extended-attributes/:attributes_id': 'Update Extended Attributes',
      'DELETE A3/projects/:project_id/extended-attributes/:attributes_id': 'Destroy Extended Attributes',
      'POST A3/projects/:project_id/profiles': 'Create Profile',
      'PATCH A3/projects/:project_id/profiles/:profile_id': 'Update Profile',
      'DELETE A3/projects/:project_id/profiles/:profile_id': 'Delete Profile',
    },
  },
  {
    because: 'Stratus keeps no repositories: name the address of one of yours.',
    operations: {
      'POST A3/projects/:project_id/managed-repositories': 'Create Managed Repository',
      'GET A3/projects/:project_id/managed-repositories/:repository_id/download': 'Download Managed Repository',
    },
  },
]

/** dbt Cloud's other operations, each of which says that it is known and why it is not served. */
export const unservedOperations: readonly Operation[] = unserved.flatMap(({ because, operations }) =>
  Object.entries(operations).map(([route, name]) => refusal(route, name, because)),
)

function refusal(route: string, operationId: string, because: string): Operation {
  const [method = '', path = ''] = route.split(' ')
  return operation({
    operationId,
    method: asMethod(method),
    path: `${fromRoot(path)}/`,
    permission: null,
    // Nothing is changed.
    audited: 'by-use-case',
    params: none,
    query: none,
    body: none,
    async handler() {
      throw new NotSupportedError(`Stratus does not serve "${operationId}". ${because}`)
    },
  })
}

function asMethod(name: string): Method {
  switch (name) {
    case 'POST':
      return 'post'
    case 'PUT':
      return 'put'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return 'delete'
    default:
      return 'get'
  }
}
