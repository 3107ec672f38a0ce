import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { findRunId } from '../../client/find-run.ts'
import { artifactPath, listArtifacts } from '../../client/run-api.ts'
import { SetupError } from '../../domain/errors.ts'
import { errorCode } from '../../util/error-code.ts'
import { openClient } from '../open-client.ts'
import { print, printJson, printNote } from '../output/terminal.ts'
import { plainText } from '../output/terminal-text.ts'
import { wholeNumber } from '../whole-number.ts'

interface ArtifactsOptions extends Readonly<Record<string, unknown>> {
  readonly step?: string
  readonly output?: string
  readonly json?: boolean
}

/** `stratus artifacts RUN [PATH]`: the names of a run's files, or one of them. */
export async function artifacts(idOrJob: string, path: string | undefined, options: ArtifactsOptions): Promise<void> {
  const step = options.step === undefined ? undefined : wholeNumber('--step', options.step)
  using client = await openClient(options)
  const runId = await findRunId(client, idOrJob)
  if (path === undefined) {
    const paths = await listArtifacts(client, runId, step)
    if (options.json) return printJson(paths)
    return print(paths.length === 0 ? `Run ${runId} has no artifacts.` : paths.map(plainText).join('\n'))
  }
  const query = step === undefined ? {} : { step }
  const content = await client.download(await artifactPath(client, runId, path), { query })
  if (options.output === undefined) return writeOut(content)
  await save(content, options.output)
  printNote(`Wrote ${options.output}.`)
}

/** Untouched, unless a terminal reads: it gets no control characters. */
async function writeOut(content: Readable): Promise<void> {
  if (process.stdout.isTTY) print((await text(content)).replace(/\n$/, ''))
  else await pipeline(content, process.stdout, { end: false })
}

/** Writes the whole file or none. */
async function save(content: Readable, file: string): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}.tmp`
  try {
    await pipeline(content, createWriteStream(draft, { flags: 'wx' }))
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw new SetupError(`Cannot write ${file} (${errorCode(error) ?? String(error)}).`, { cause: error })
  }
}
