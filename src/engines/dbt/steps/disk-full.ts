import { errorCode } from '../../../util/error-code.ts'

/** It is true for what the disk that runs work on answers when it is full; the store of artifacts has words of its own. */
export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(errorCode(error) ?? '')
}
