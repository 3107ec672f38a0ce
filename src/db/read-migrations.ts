import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Migration } from './migrate.ts'

/** The numbered .sql files of `folder`, oldest first. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-.+\.sql$/.test(name)).sort()
  return Promise.all(
    names.map(async (name) => ({
      version: Number(name.slice(0, 4)),
      name: name.slice(0, -'.sql'.length),
      sql: await readFile(path.join(folder, name), 'utf8'),
    })),
  )
}
