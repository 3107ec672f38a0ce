import { randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { createFileAtomically } from './write-file-atomically.ts'

/**
 * The id that stands in a folder, made when there is none. Machines that share the folder see the same one, whatever
 * its path is for each of them; it goes along when the folder is moved.
 */
export async function folderId(folder: string): Promise<string> {
  const file = path.join(folder, 'id')
  const known = await readFile(file, 'utf8').catch(() => undefined) // none yet
  if (known !== undefined) return known
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await createFileAtomically(file, randomUUID(), 0o600)
  return readFile(file, 'utf8')
}
