import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Migration, Migrations } from './migration.ts'
import { repeatableFiles } from './repeatable-files.ts'

/** Reads the numbered files of `folder`'s `migrations`, oldest first, and the given repeatable ones. */
export async function readMigrations(folder: string, repeatable = repeatableFiles): Promise<Migrations> {
  return {
    numbered: await readNumbered(path.join(folder, 'migrations')),
    repeatable: await Promise.all(repeatable.map(async (name) => ({ name, sql: await readSql(folder, name) }))),
  }
}

/** Throws when two have one number. */
async function readNumbered(folder: string): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((name) => /^\d{4}-.+\.sql$/.test(name)).sort()
  for (const [at, file] of files.entries()) {
    if (file.slice(0, 4) === files[at - 1]?.slice(0, 4)) throw new Error(`${files[at - 1]} and ${file} have one number`)
  }
  const names = files.map((file) => file.slice(0, -'.sql'.length))
  return Promise.all(
    names.map(async (name) => ({ version: Number(name.slice(0, 4)), name, sql: await readSql(folder, name) })),
  )
}

function readSql(folder: string, name: string): Promise<string> {
  return readFile(path.join(folder, `${name}.sql`), 'utf8')
}
