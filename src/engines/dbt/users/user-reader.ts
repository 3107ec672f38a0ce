import type { Reader } from '../../../util/reader.ts'
import type { Hands } from './hands.ts'

/**
 * Files of a run are read for its user. The server may read everything, and follows links that a project or a run made: it
 * must not read for its user what that one could not read.
 */
export function readerFor({ user, may }: Hands): Reader | undefined {
  if (user === undefined) return undefined
  const name = `the user ${user.name} that dbt runs as`
  return { name, mayRead: (file, rights) => may('read', file, rights) }
}
