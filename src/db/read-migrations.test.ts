import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { readMigrations } from './read-migrations.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'stratus-migrations-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('numbered files alone, oldest first', async () => {
  for (const name of ['0010-later.sql', '0002-first.sql', 'notes.sql', '0003-no.txt']) {
    await writeFile(path.join(folder, name), `-- ${name}`)
  }
  expect(await readMigrations(folder)).toEqual([
    { version: 2, name: '0002-first', sql: '-- 0002-first.sql' },
    { version: 10, name: '0010-later', sql: '-- 0010-later.sql' },
  ])
})

test('two of one number are refused', async () => {
  for (const name of ['0002-a.sql', '0002-b.sql']) await writeFile(path.join(folder, name), '')
  await expect(readMigrations(folder)).rejects.toThrow('0002-a.sql and 0002-b.sql have one number')
})
