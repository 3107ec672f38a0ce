import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { errorCode } from '../../util/error-code.ts'
import { forEachParallel } from '../../util/for-each-parallel.ts'
import { StepFailure } from './step-failure.ts'

const parallel = 4

/** dbt's cache, not a result; it can be larger than all the rest. */
const excluded = new Set(['partial_parse.msgpack'])

/** Hands every regular file below `folder` to `store`, with its path from there. */
export async function collectArtifacts(
  folder: string,
  store: (relativePath: string, file: string) => Promise<void>,
): Promise<void> {
  await forEachParallel(await filesBelow(folder), parallel, async (file) => {
    const relativePath = path.relative(folder, file).split(path.sep).join('/')
    await store(relativePath, file).catch((error: unknown) => {
      throw isDiskFull(error) ? new StepFailure(`The disk is full: ${relativePath} could not be stored.`) : error
    })
  })
}

export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(errorCode(error) ?? '')
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile() && !(excluded.has(entry.name) && entry.parentPath === folder))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
}
