import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readOrCreateKeyFile } from './key-file.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'stratus-key-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

test('the key is made once, readable by its owner only, and stays', async () => {
  const dataDir = path.join(dir, 'data')
  const key = await readOrCreateKeyFile(dataDir)
  expect(Buffer.from(key, 'base64')).toHaveLength(32)
  expect(await readOrCreateKeyFile(dataDir)).toBe(key)
  expect((await stat(path.join(dataDir, 'secret.key'))).mode & 0o777).toBe(0o600)
})

test('processes that start at the same time agree on one key and leave nothing else', async () => {
  const keys = await Promise.all(Array.from({ length: 8 }, () => readOrCreateKeyFile(dir)))
  expect(new Set(keys).size).toBe(1)
  expect(await readdir(dir)).toEqual(['secret.key'])
})

test('an empty key file is an error, never a new key', async () => {
  await writeFile(path.join(dir, 'secret.key'), '')
  await expect(readOrCreateKeyFile(dir)).rejects.toThrow(/is empty/)
})
