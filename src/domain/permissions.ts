/** dbt Cloud's permission sets that Stratus knows. */
export const permissionSets = [
  'account_admin',
  'account_viewer',
  'admin',
  'job_admin',
  'job_creator',
  'job_runner',
  'job_viewer',
  'readonly',
] as const
export type PermissionSet = (typeof permissionSets)[number]

/** One permission set, for all projects (`null`) or the named ones. */
export interface TokenGrant {
  readonly permission_set: PermissionSet
  readonly project_ids: readonly number[] | null
}

export const permissions = ['account:admin', 'account:read', 'jobs:read', 'jobs:write', 'runs:trigger'] as const
export type Permission = (typeof permissions)[number]

const reading: readonly Permission[] = ['account:read', 'jobs:read']

const permissionsOf: Record<PermissionSet, readonly Permission[]> = {
  account_admin: permissions,
  account_viewer: reading,
  admin: [...reading, 'jobs:write', 'runs:trigger'],
  job_admin: [...reading, 'jobs:write', 'runs:trigger'],
  job_creator: [...reading, 'jobs:write'],
  job_runner: [...reading, 'runs:trigger'],
  job_viewer: reading,
  readonly: reading,
}

/** Whether `grants` allow `permission`, in `projectId` if one is given, else in any project. */
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
