import { ForbiddenError } from '../../domain/errors.ts'
import type { Access } from './access.ts'

/** A change of the whole account is not for tokens that are limited to some of its projects. */
export function assertWholeAccount(access: Access): void {
  if (access.projectIds !== null) {
    throw new ForbiddenError('Forbidden: this needs a token whose permission is for all projects.')
  }
}
