import { ForbiddenError, NotFoundError } from '../../domain/errors.ts'
import { isAllowed, type Permission, type TokenGrant, visibleProjects } from '../../domain/permissions.ts'
import { hasProject } from '../../util/paging.ts'

/** A request came with this service token. */
export interface Caller {
  readonly id: number
  readonly account_id: number
  readonly name: string
  readonly grants: readonly TokenGrant[]
}

/** A caller may reach this much with one permission. */
export interface Access {
  readonly caller: Caller
  readonly accountId: number
  /** The projects in which the permission is held; null: all of the account. */
  readonly projectIds: readonly number[] | null
  /** Throws unless the permission is held in `projectId`: 404 for a project that the token must not know of, else 403. */
  assertProject(projectId: number | undefined): void
}

/** Throws ForbiddenError when `caller` holds `permission` nowhere in its account. */
export function accessOf(caller: Caller, permission: Permission | null): Access {
  const { grants } = caller
  const granting = permission === null ? grants : grants.filter((grant) => isAllowed([grant], permission))
  const visible = visibleProjects(grants)
  const projectIds = granting.length === 0 ? [] : visibleProjects(granting)
  return {
    caller,
    accountId: caller.account_id,
    projectIds,
    assertProject(projectId) {
      if (projectId === undefined) throw new NotFoundError('There is no such resource.')
      if (hasProject({ projectIds }, projectId)) return
      if (visible !== null && !visible.includes(projectId)) throw new NotFoundError('There is no such resource.')
      throw forbidden(permission)
    },
  }
}

/**
 * Throws unless the caller holds one more permission than its operation's, in the project that `findProject` answers,
 * which is asked only if that matters. The error names the fields that need it.
 */
export async function assertAlsoHeld(
  caller: Caller,
  permission: Permission,
  fields: readonly string[],
  findProject: () => Promise<number | undefined>,
): Promise<void> {
  const { projectIds } = accessOf(caller, permission)
  if (projectIds === null) return
  const projectId = await findProject()
  if (projectId !== undefined && projectIds.includes(projectId)) return
  throw new ForbiddenError(
    `Forbidden: Access denied. This token lacks the permission ${permission}, which ${fields.join(', ')} ${fields.length === 1 ? 'needs' : 'need'}.`,
  )
}

/** Throws unless the permission is held in at least one project. */
export function assertHeldSomewhere(access: Access, permission: Permission | null): void {
  if (permission !== null && access.projectIds !== null && access.projectIds.length === 0) throw forbidden(permission)
}

function forbidden(permission: Permission | null): ForbiddenError {
  return new ForbiddenError(`Forbidden: Access denied. This token lacks the permission ${permission ?? ''}.`)
}
