import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { errorCode } from '../../util/error-code.ts'
import { forEachParallel } from '../../util/for-each-parallel.ts'
import { StepFailure } from './step-failure.ts'

const parallel = 4

/** dbt's cache, not a result; it can be larger than all the rest. */
const excluded = new Set(['partial_parse.msgpack'])

/** The files of a folder by their path from there, each with what changes whenever it is written. */
export type FileStates = ReadonlyMap<string, string>

/**
 * Hands every regular file below `folder` that is new or was written since `before` to `store`, with its path from
 * there. Answers what the folder holds now.
 */
export async function collectArtifacts(
  folder: string,
  before: FileStates,
  store: (relativePath: string, file: string) => Promise<void>,
): Promise<FileStates> {
  const now = new Map<string, string>()
  await forEachParallel(await filesBelow(folder), parallel, async (file) => {
    const relativePath = path.relative(folder, file).split(path.sep).join('/')
    const state = await stateOf(file)
    now.set(relativePath, state)
    if (before.get(relativePath) === state) return
    await store(relativePath, file).catch((error: unknown) => {
      throw isDiskFull(error) ? new StepFailure(`The disk is full: ${relativePath} could not be stored.`) : error
    })
  })
  return now
}

export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(errorCode(error) ?? '')
}

/** Whoever writes a file can set the time of its content, but not the time of its last change. */
async function stateOf(file: string): Promise<string> {
  const { ino, size, ctimeNs } = await stat(file, { bigint: true })
  return `${ino} ${size} ${ctimeNs}`
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile() && !(excluded.has(entry.name) && entry.parentPath === folder))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
}
