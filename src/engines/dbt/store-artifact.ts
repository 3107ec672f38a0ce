import { pipeline, Readable } from 'node:stream'
import type { ForeignFile } from '../../util/open-foreign.ts'
import { scrubFile } from '../steps/scrub-file.ts'
import type { Run } from './run.ts'

const small = 64 * 1024

/** Hands a file to the store, without secrets. Answers why it stays out, if so. */
export async function storeArtifact(
  { sink, secrets, budget }: Run,
  { stepIndex, relativePath, file }: { stepIndex: number; relativePath: string; file: ForeignFile },
): Promise<string | undefined> {
  // dbt's graph as Python keeps it: no secret can be hidden in it, and nobody reads it but dbt.
  if (!secrets.isIdle && relativePath.endsWith('.gpickle')) return undefined
  const refusal = budget.take(relativePath, file.size)
  if (refusal !== undefined) return refusal
  const content = await contentOf(file)
  if (secrets.isIdle) await sink.artifact(stepIndex, relativePath, content)
  // Whoever reads the second hears of an error of the first.
  else
    await sink.artifact(
      stepIndex,
      relativePath,
      pipeline(content, scrubFile(relativePath, secrets), () => {}),
    )
  return undefined
}

/** Most files are small, and there may be thousands. */
async function contentOf({ handle, size, read }: ForeignFile): Promise<Readable> {
  if (size <= small) return Readable.from(size === 0 ? [] : [await read(0, size)])
  return handle.createReadStream({ end: size - 1, autoClose: false })
}
