import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { errorCode } from './error-code.ts'

/**
 * The id that stands in a folder, made when there is none. Machines that share the folder see the same one, whatever
 * its path is for each of them; it goes along when the folder is moved.
 */
export async function folderId(folder: string): Promise<string> {
  const file = path.join(folder, 'id')
  const known = await readFile(file, 'utf8').catch(() => '') // none yet
  if (known !== '') return known.trim()
  const own = `${file}.${randomUUID()}`
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(own, `${randomUUID()}\n`, { mode: 0o600 })
  try {
    // Whole at once, and never over one that another process made meanwhile.
    await link(own, file)
  } catch (error) {
    // Some shared file systems know no links.
    if (errorCode(error) !== 'EEXIST') await rename(own, file)
  } finally {
    await rm(own, { force: true })
  }
  return (await readFile(file, 'utf8')).trim()
}
