import { ForbiddenError, NotFoundError } from '../../domain/errors.ts'
import type { TokenGrant } from '../../domain/permissions.ts'
import { accessOf, assertHeldSomewhere } from './access.ts'

function access(...grants: TokenGrant[]) {
  return accessOf({ id: 1, account_id: 1, name: 'test', grants }, 'runs:trigger')
}

test('a permission for the whole account reaches every project', () => {
  const reached = access({ permission_set: 'job_admin', project_ids: null })
  expect(reached.projectIds).toBeNull()
  expect(() => reached.assertProject(99)).not.toThrow()
  expect(() => reached.assertProject(undefined)).toThrow(NotFoundError)
})

test('only grants that hold the permission count', () => {
  const reached = access(
    { permission_set: 'readonly', project_ids: null },
    { permission_set: 'job_runner', project_ids: [1, 2] },
  )
  expect(reached.projectIds).toEqual([1, 2])
  expect(() => reached.assertProject(2)).not.toThrow()
  expect(() => reached.assertProject(3)).toThrow(ForbiddenError)
})

test('a project that no grant names does not exist', () => {
  const reached = access({ permission_set: 'job_runner', project_ids: [1] })
  expect(() => reached.assertProject(3)).toThrow(NotFoundError)
})

test('a permission that is held nowhere is refused', () => {
  const reached = access({ permission_set: 'readonly', project_ids: null })
  expect(() => assertHeldSomewhere(reached, 'runs:trigger')).toThrow(ForbiddenError)
  expect(() => assertHeldSomewhere(reached, null)).not.toThrow()
})
