import path from 'node:path'
import type { NodeReport } from '../../../domain/runs/node-report.ts'
import { errorCode } from '../../../util/error-code.ts'
import { type ForeignFile, openForeign, UnfitFile } from '../../../util/files/open-foreign.ts'
import type { ResultsThread } from './results-thread.ts'

/** They are many times those of the largest known projects. */
const maxBytes = { results: 256 * 1024 * 1024, manifest: 512 * 1024 * 1024 }

const pieceBytes = 256 * 1024

/** The largest take a fifth of it. What dbt wrote is no reason for a run to go on for long. */
const mostMs = 60_000

/** The system's clock for files lags behind that of programs by so much. */
const clockLagMs = 10

export interface ReadInvocation {
  readonly invocationId: string | undefined
  /** It counts milliseconds since 1970: older results are another invocation's. */
  readonly begunAt: number
}

/**
 * Reads in pieces what dbt wrote about an invocation's nodes into the target folder. Files that are missing, of another
 * invocation or cut short count as far as they go. Throws UnfitFile for one that is no file of dbt's.
 */
export async function* readResults(
  target: string,
  { invocationId, begunAt }: ReadInvocation,
  startThread: () => ResultsThread,
): AsyncGenerator<NodeReport[]> {
  const fresh: string[] = []
  for (const name of ['run_results.json', 'sources.json']) {
    const isFresh = await openIfThere(target, name, async ({ stats }) => Number(stats.ctimeMs) >= begunAt - clockLagMs)
    if (isFresh) fresh.push(name)
  }
  if (fresh.length === 0) return
  const deadline = performance.now() + mostMs
  const thread = startThread()
  for (const name of fresh) {
    await openIfThere(target, name, async (file) => {
      await thread.begin('results', invocationId)
      await push(file, maxBytes.results, { thread, deadline })
    })
  }
  await openIfThere(target, 'manifest.json', async (file) => {
    await thread.begin('manifest')
    await push(file, maxBytes.manifest, { thread, deadline })
  })
  yield* thread.nodes()
}

async function openIfThere<T>(target: string, name: string, use: (file: ForeignFile) => Promise<T>) {
  try {
    return await openForeign(path.join(target, name), { below: target }, use)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined // not every command writes each
    throw error
  }
}

async function push(
  { read, size }: ForeignFile,
  most: number,
  { thread, deadline }: { thread: ResultsThread; deadline: number },
): Promise<void> {
  if (size > most) throw new UnfitFile(`has more than ${most} bytes`, 'EFBIG')
  for (let position = 0; position < size; ) {
    const piece = await read(position, pieceBytes)
    if (piece.length === 0) return // it was cut meanwhile
    await thread.push(piece)
    if (performance.now() > deadline)
      throw new UnfitFile(`took more than ${mostMs / 1000} seconds to read`, 'ETIMEDOUT')
    position += piece.length
  }
}
