import { isSecretDetail } from '../../../domain/secrets/secret-names.ts'
import type { DocumentPath } from './problem.ts'

/** It is true when a message about the value at `path` may not show it. */
export function isSecretPath(path: DocumentPath): boolean {
  const last = path.at(-1)
  return path.includes('credentials') || path.includes('environment_variables') || isSecretDetail(String(last))
}
