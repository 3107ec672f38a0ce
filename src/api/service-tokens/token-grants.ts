import * as z from 'zod'
import { type PermissionSet, permissionSets, type TokenGrant } from '../../domain/permissions.ts'
import { isStorable } from '../../util/text/storable-text.ts'

const setExpected = { error: `Expected one of ${permissionSets.join(', ')}.` }
const projectExpected = { error: 'Expected the id of a project, or null for all projects.' }
const categoriesExpected = {
  error: 'Expected ["all"] or nothing: Stratus cannot limit a grant to some kinds of environments.',
}
const listExpected = { error: 'Expected a list of at most 1000 {permission_set, project_id}.' }

/** dbt Cloud's grants: one permission set for one project or for all. */
export const wireGrants = z
  .array(
    z
      .object({
        permission_set: z.enum(permissionSets, setExpected),
        project_id: z.int(projectExpected).positive(projectExpected).nullish(),
        all_projects: z.boolean({ error: 'Expected true or false.' }).nullish(),
        // A limit that would be taken and not kept makes tokens that can do more than they were made for.
        writable_environment_categories: z
          .array(z.string(categoriesExpected), categoriesExpected)
          .refine((names) => names.length === 0 || names.includes('all'), categoriesExpected)
          .nullish(),
      })
      .refine((grant) => grant.all_projects !== false || typeof grant.project_id === 'number', {
        error: 'Expected the id of a project, or all_projects.',
        path: ['project_id'],
      }),
    listExpected,
  )
  .max(1_000, listExpected)
  .transform(asGrants)

interface WireGrant {
  readonly permission_set: PermissionSet
  readonly project_id?: number | null | undefined
  readonly all_projects?: boolean | null | undefined
}

/** One grant for each permission set, with all its projects. */
function asGrants(wire: readonly WireGrant[]): TokenGrant[] {
  return [...new Set(wire.map((grant) => grant.permission_set))].map((permission_set) => {
    const same = wire.filter((grant) => grant.permission_set === permission_set)
    const projects = same.map((grant) => (grant.all_projects === true ? null : (grant.project_id ?? null)))
    const named = projects.flatMap((id) => (id === null ? [] : [id]))
    return { permission_set, project_ids: named.length < projects.length ? null : [...new Set(named)] }
  })
}

const nameExpected = { error: 'Expected a name of 1 to 255 characters.' }

export const tokenName = z
  .string(nameExpected)
  .trim()
  .min(1, nameExpected)
  .max(255, nameExpected)
  .refine(isStorable, nameExpected)

const expiryExpected = { error: 'Expected a time to come, such as 2030-01-31T00:00:00Z.' }

export const tokenExpiry = z.iso
  .datetime({ offset: true, ...expiryExpected })
  .refine((time) => new Date(time) > new Date(), expiryExpected)
  .nullish()
  .transform((time) => (time === null || time === undefined ? undefined : new Date(time)))
