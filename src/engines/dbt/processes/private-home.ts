import path from 'node:path'
import type { RunUser } from '../users/run-user.ts'

/** Programs that inherit no HOME get this one. It is kept, because dbt 2 caches its drivers there. */
export function homeOf(dataDir: string, user: RunUser | undefined): string {
  return user === undefined ? path.join(dataDir, 'home') : path.join(dataDir, 'homes', String(user.uid))
}
