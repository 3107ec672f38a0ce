import { mkdir } from 'node:fs/promises'
import path from 'node:path'

/** The HOME of programs that inherit none: kept, because dbt 2 caches its drivers there. */
export async function makePrivateHome(dataDir: string): Promise<string> {
  const home = path.join(dataDir, 'home')
  await mkdir(home, { recursive: true, mode: 0o700 })
  return home
}
