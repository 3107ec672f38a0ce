import type { BigIntStats } from 'node:fs'
import { lstat, realpath } from 'node:fs/promises'
import path from 'node:path'
import { StoreFullError, UnstorableFileError } from '../../../../domain/store-errors.ts'
import { errorCode } from '../../../../util/error-code.ts'
import { type ForeignFile, openForeign, UnfitFile } from '../../../../util/files/open-foreign.ts'
import { forEachParallel } from '../../../../util/for-each-parallel.ts'
import { StepFailure } from '../../../steps/step-failure.ts'
import { findFiles } from './find-files.ts'
import { LeftOut } from './left-out.ts'

const parallel = 4

/** This is dbt's cache and not a result; it can be larger than all the rest. */
const excluded = new Set(['partial_parse.msgpack'])

/** These errors concern one file alone: the others are stored. */
const passedOver: Readonly<Record<string, string>> = {
  ENOENT: 'it is gone',
  ENOTDIR: 'it is gone',
  EACCES: 'it cannot be read',
  EAGAIN: 'another program holds it',
  ENAMETOOLONG: 'its name is too long',
}

/** The files of a folder by their path from there, each with what changes whenever it is written. */
export type FileStates = ReadonlyMap<string, string>

export interface Collecting {
  /** Stores one file; answers why it is not kept, if so. */
  store(relativePath: string, file: ForeignFile): Promise<string | undefined>
  say(sentence: string): void
}

/**
 * Hands every regular file below `folder` that is new or was written since `before` to `store`, with its path from
 * there, and says which are not kept. Answers what the folder holds now. Its path must be one without links.
 */
export async function collectArtifacts(
  folder: string,
  before: FileStates,
  { store, say }: Collecting,
): Promise<FileStates> {
  if (!(await isReal(folder))) {
    say('No artifacts are kept: the target folder is gone, or has become a link to another one.')
    return new Map()
  }
  const now = new Map<string, string>()
  const { names, hasMore } = await findFiles(folder)
  const leftOut = new LeftOut(say)
  await forEachParallel(names, parallel, async (name) => {
    if (excluded.has(name)) return
    const file = path.join(folder, name)
    const relativePath = name.split(path.sep).join('/')
    let fault: unknown
    const storeOne = (opened: ForeignFile) =>
      store(relativePath, opened).catch((error: unknown) => {
        if (error instanceof UnstorableFileError) return error.message
        const isFull = error instanceof StoreFullError
        fault = isFull ? new StepFailure(`${error.message}: ${relativePath} could not be stored.`) : error
        return undefined
      })
    const reason = await keep(async () => {
      const old = before.get(relativePath)
      if (old !== undefined && old === stateOf(await lstat(file, { bigint: true }))) {
        now.set(relativePath, old)
        return undefined
      }
      return openForeign(file, { below: folder }, async (opened) => {
        now.set(relativePath, stateOf(opened.stats))
        return storeOne(opened)
      })
    })
    if (fault !== undefined) throw fault
    if (reason !== undefined) leftOut.add(relativePath, reason)
  })
  leftOut.end()
  if (hasMore) say('The target folder holds more files than are looked at: the rest is not kept.')
  return now
}

/** Answers why the file is not kept, if so; throws what concerns the others, too. */
async function keep(work: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await work()
  } catch (error) {
    const reason = error instanceof UnfitFile ? `it ${error.message}` : passedOver[errorCode(error) ?? '']
    if (reason === undefined) throw error
    return reason
  }
}

async function isReal(folder: string): Promise<boolean> {
  return (await realpath(folder).catch(() => undefined)) === folder // not there
}

/** Whoever writes a file can set the time of its content, but not the time of its last change. */
function stateOf({ ino, size, ctimeNs }: BigIntStats): string {
  return `${ino} ${size} ${ctimeNs}`
}
