import { randomBytes } from 'node:crypto'
import { chmod, link, rename, rm, writeFile } from 'node:fs/promises'
import { errorCode } from '../error-code.ts'

/** Readers see the old content or the new, never a part. */
export async function writeFileAtomically(file: string, content: string, mode: number): Promise<void> {
  const temporary = await writeBeside(file, content, mode)
  try {
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** Like `writeFileAtomically`, but leaves a file that exists already alone and answers false. */
export async function createFileAtomically(file: string, content: string, mode: number): Promise<boolean> {
  const temporary = await writeBeside(file, content, mode)
  try {
    await link(temporary, file)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}

async function writeBeside(file: string, content: string, mode: number): Promise<string> {
  const temporary = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`
  await writeFile(temporary, content, { mode, flag: 'wx' })
  await chmod(temporary, mode) // whatever the umask
  return temporary
}
