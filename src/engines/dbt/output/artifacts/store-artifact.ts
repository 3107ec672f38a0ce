import { pipeline } from 'node:stream'
import type { Content } from '../../../../util/content.ts'
import type { ForeignFile } from '../../../../util/files/open-foreign.ts'
import { scrubContent, scrubFile } from '../../../steps/secrets/scrub-file.ts'
import type { SecretScrubber } from '../../../steps/secrets/secret-scrubber.ts'
import type { Run } from '../../run.ts'

/** Most files are smaller, and there may be thousands: a stream for each costs several times what it carries. */
const small = 1024 * 1024

/** Hands a file to the store, without secrets. Answers why it stays out, if so. */
export async function storeArtifact(
  { sink, secrets, budget }: Run,
  { stepIndex, relativePath, file }: { stepIndex: number; relativePath: string; file: ForeignFile },
): Promise<string | undefined> {
  // dbt's graph as Python keeps it: no secret can be hidden in it, and nobody reads it but dbt.
  if (!secrets.isIdle && relativePath.endsWith('.gpickle')) return undefined
  const refusal = budget.take(relativePath, file.size)
  if (refusal !== undefined) return refusal
  const content = await contentOf(file, relativePath, secrets)
  await sink.report({ type: 'artifact', step: stepIndex, path: relativePath, content })
  return undefined
}

async function contentOf(file: ForeignFile, name: string, secrets: SecretScrubber): Promise<Content> {
  if (file.size <= small) return scrubContent(name, await file.readWhole(), secrets)
  return () => {
    const content = file.handle.createReadStream({ start: 0, end: file.size - 1, autoClose: false })
    // Whoever reads the second hears of an error of the first.
    return secrets.isIdle ? content : pipeline(content, scrubFile(name, secrets), () => {})
  }
}
