/** A token may be allowed these. Each operation of the API names the one that it needs. */
export const permissions = [
  'account:admin',
  'account:read',
  'tokens:read',
  'tokens:write',
  'audit:read',
  'projects:read',
  'projects:write',
  'connections:write',
  'environments:write',
  'variables:read',
  'variables:write',
  'jobs:read',
  'jobs:write',
  'runs:read',
  'runs:trigger',
  'runs:override',
] as const
export type Permission = (typeof permissions)[number]

/**
 * It is in words, for the table in docs/permissions.md.
 * @public
 */
export const permissionMeanings: Record<Permission, string> = {
  'account:admin': 'change the account as a whole: apply documents, rename it',
  'account:read': 'see who has access, and licences',
  'tokens:read': 'see service tokens, without their texts',
  'tokens:write': 'make, change and revoke service tokens',
  'audit:read': 'read the audit log',
  'projects:read': 'see projects, environments, connections and repositories',
  'projects:write': 'make, change and delete projects and repositories',
  'connections:write': 'make, change and delete connections and credentials',
  'environments:write': 'make, change and delete environments',
  'variables:read': 'see environment variables, secret ones without their values',
  'variables:write': 'make, change and delete environment variables',
  'jobs:read': 'see jobs',
  'jobs:write': 'make, change and delete jobs',
  'runs:read': 'see runs with steps, logs and artifacts',
  'runs:trigger': 'start, cancel and retry runs',
  'runs:override':
    'choose what a run executes when starting it: commands, branch or commit, schema, target, version of dbt',
}

/** dbt Cloud's permission sets, and `job_runner_with_overrides`, which is Stratus's own. */
export const permissionSets = [
  'account_admin',
  'account_viewer',
  'admin',
  'analyst',
  'analyst_read',
  'billing_admin',
  'cost_insights_admin',
  'cost_insights_viewer',
  'cost_management_admin',
  'cost_management_viewer',
  'database_admin',
  'developer',
  'fusion_admin',
  'git_admin',
  'job_admin',
  'job_creator',
  'job_runner',
  'job_runner_with_overrides',
  'job_viewer',
  'manage_marketplace_apps',
  'member',
  'metadata_only',
  'notification_manager',
  'owner',
  'project_creator',
  'readonly',
  'scim_only',
  'security_admin',
  'semantic_layer_only',
  'stakeholder',
  'team_admin',
  'webhooks_only',
] as const
export type PermissionSet = (typeof permissionSets)[number]

/** A grant gives one permission set, for all projects (`null`) or the named ones. */
export interface TokenGrant {
  readonly permission_set: PermissionSet
  readonly project_ids: readonly number[] | null
}

const viewing: readonly Permission[] = ['projects:read', 'variables:read', 'jobs:read', 'runs:read']
const overseeing: readonly Permission[] = ['account:read', 'tokens:read', 'audit:read']
const running: readonly Permission[] = ['projects:read', 'jobs:read', 'runs:read', 'runs:trigger']
const deploying: readonly Permission[] = [
  'environments:write',
  'variables:write',
  'jobs:write',
  'runs:trigger',
  'runs:override',
]
const managing: readonly Permission[] = [...viewing, ...deploying, 'projects:write', 'connections:write']

/**
 * Each permission set allows these. Some have their powers in parts of dbt Cloud that Stratus has not: they exist so
 * that tokens can be made as they were there, and allow little or nothing here.
 */
const permissionsOf: Record<PermissionSet, readonly Permission[]> = {
  account_admin: permissions,
  account_viewer: [...overseeing, ...viewing],
  admin: managing,
  analyst: [...viewing, 'runs:trigger'],
  analyst_read: viewing,
  billing_admin: ['account:read'],
  cost_insights_admin: [],
  cost_insights_viewer: [],
  cost_management_admin: [],
  cost_management_viewer: [],
  database_admin: [...viewing, 'connections:write', 'variables:write'],
  developer: [...viewing, 'variables:write', 'jobs:write', 'runs:trigger', 'runs:override'],
  fusion_admin: [],
  git_admin: [...viewing, 'projects:write', 'variables:write'],
  job_admin: [...viewing, ...deploying],
  job_creator: [...viewing, 'jobs:write', 'runs:trigger', 'runs:override'],
  // dbt Cloud shows it jobs and runs alone; clients that find a job by its name ask for its project first.
  job_runner: running,
  job_runner_with_overrides: [...running, 'runs:override'],
  job_viewer: viewing,
  manage_marketplace_apps: [],
  member: [...managing, 'account:read'],
  metadata_only: [],
  notification_manager: ['projects:read', 'jobs:read'],
  owner: permissions,
  project_creator: ['projects:read', 'projects:write', 'connections:write', 'environments:write'],
  readonly: viewing,
  scim_only: [],
  security_admin: overseeing,
  semantic_layer_only: [],
  stakeholder: viewing,
  team_admin: [...viewing, 'account:read', 'environments:write'],
  webhooks_only: [],
}

/** Without `projectId` it is enough that `grants` allow the permission in any project. */
export function isAllowed(grants: readonly TokenGrant[], permission: Permission, projectId?: number): boolean {
  return grants.some(
    (grant) =>
      permissionsOf[grant.permission_set].includes(permission) &&
      (projectId === undefined || grant.project_ids === null || grant.project_ids.includes(projectId)),
  )
}

/** The projects a token may see, or null for all of its account. */
export function visibleProjects(grants: readonly TokenGrant[]): readonly number[] | null {
  if (grants.some((grant) => grant.project_ids === null)) return null
  return [...new Set(grants.flatMap((grant) => grant.project_ids ?? []))]
}
