import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Migration } from './migrate.ts'

/** The numbered .sql files of `folder`, oldest first. Throws when two have one number. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-.+\.sql$/.test(name)).sort()
  for (const [at, name] of names.entries()) {
    if (name.slice(0, 4) === names[at - 1]?.slice(0, 4)) throw new Error(`${names[at - 1]} and ${name} have one number`)
  }
  return Promise.all(
    names.map(async (name) => ({
      version: Number(name.slice(0, 4)),
      name: name.slice(0, -'.sql'.length),
      sql: await readFile(path.join(folder, name), 'utf8'),
    })),
  )
}
