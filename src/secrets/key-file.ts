import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { SetupError } from '../domain/errors.ts'

/** The key that encrypts secrets when none is configured: made at the first start, in `<dataDir>/secret.key` (0600). */
export async function readOrCreateKeyFile(dataDir: string): Promise<string> {
  const file = keyFileOf(dataDir)
  return (await readKey(file)) ?? (await createKey(file))
}

export function keyFileOf(dataDir: string): string {
  return path.join(dataDir, 'secret.key')
}

/** It is undefined when there is no such file. */
export async function readKey(file: string): Promise<string | undefined> {
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new SetupError(`Cannot read the key file ${file}: ${error.message}`, { cause: error })
  })
  if (content === undefined) return undefined
  const key = content.trim()
  if (key === '') {
    throw new SetupError(`The key file ${file} is empty. Restore it, or remove it and give all secrets again.`)
  }
  return key
}

/** The file appears with its whole content or not at all; of two processes, both use the key of the first. */
async function createKey(file: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(draft, { force: true })
  }
  const key = await readKey(file)
  if (key === undefined) throw new SetupError(`The key file ${file} vanished while it was made.`)
  return key
}
