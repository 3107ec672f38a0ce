import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { scrubFile } from '../steps/scrub-file.ts'
import type { StepLog } from '../steps/step-log.ts'
import type { Run } from './run.ts'

const megabyte = 1024 * 1024

/** Hands a file to the store, without secrets. One that is too large stays out, and the log says so. */
export async function storeArtifact(
  { sink, secrets, services }: Run,
  log: StepLog,
  { stepIndex, relativePath, file }: { stepIndex: number; relativePath: string; file: string },
): Promise<void> {
  const { size } = await stat(file)
  if (size > services.maxArtifactBytes) {
    const [megabytes, limit] = [size, services.maxArtifactBytes].map((bytes) => Math.ceil(bytes / megabyte))
    log.say(`target/${relativePath} is not kept: it has ${megabytes} MB, and STRATUS_MAX_ARTIFACT_MB is ${limit}.`)
    return
  }
  const content = createReadStream(file)
  if (secrets.isIdle) return sink.artifact(stepIndex, relativePath, content)
  // Whoever reads the second hears of an error of the first.
  const scrubbed = pipeline(content, scrubFile(relativePath, secrets), () => {})
  await sink.artifact(stepIndex, relativePath, scrubbed)
}
