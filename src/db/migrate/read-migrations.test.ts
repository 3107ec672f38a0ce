import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { readMigrations } from './read-migrations.ts'
import { repeatableFiles } from './repeatable-files.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'stratus-migrations-'))
  for (const name of ['migrations', 'functions', 'views']) await mkdir(path.join(folder, name))
})
afterEach(() => rm(folder, { recursive: true }))

const write = (name: string) => writeFile(path.join(folder, name), `-- ${name}`)

test('numbered files alone, oldest first, and the repeatable ones in the order that is said', async () => {
  for (const name of ['0010-later.sql', '0002-first.sql', 'notes.sql', '0003-no.txt']) await write(`migrations/${name}`)
  for (const name of ['functions/b.sql', 'functions/other.sql', 'views/a.sql']) await write(name)
  expect(await readMigrations(folder, ['views/a', 'functions/b'])).toEqual({
    numbered: [
      { version: 2, name: '0002-first', sql: '-- migrations/0002-first.sql' },
      { version: 10, name: '0010-later', sql: '-- migrations/0010-later.sql' },
    ],
    repeatable: [
      { name: 'views/a', sql: '-- views/a.sql' },
      { name: 'functions/b', sql: '-- functions/b.sql' },
    ],
  })
})

test('two of one number are refused', async () => {
  for (const name of ['0002-a.sql', '0002-b.sql']) await write(`migrations/${name}`)
  await expect(readMigrations(folder, [])).rejects.toThrow('0002-a.sql and 0002-b.sql have one number')
})

test('the order names every function and view that there is', async () => {
  const root = path.resolve(import.meta.dirname, '..')
  const files = await Promise.all(
    ['functions', 'views'].map(async (name) => (await readdir(path.join(root, name))).map((file) => `${name}/${file}`)),
  )
  expect(repeatableFiles.map((name) => `${name}.sql`).sort()).toEqual(files.flat().sort())
})
