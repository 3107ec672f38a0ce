import type { Readable } from 'node:stream'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import type { Db } from '../db/database.ts'
import type { RunStepRow } from '../db/schema/run-steps.ts'
import { findStepsWithLiveLogs, findStepWithLiveLogs, type StepWithLiveLogs } from './step-queries.ts'

export interface StepLogContext {
  readonly db: Db
  readonly artifacts: ArtifactStore
}

export interface StepWithLogs {
  readonly step: RunStepRow
  readonly consoleLog: string
  /** Empty unless asked for. */
  readonly debugLog: string
}

/** A log goes into one JSON string, so that its size is bounded; the end says what failed and is kept. */
const maxLogBytes = 10 * 1024 * 1024

/** The steps of a run with their logs: those of a running step as far as they got. */
export async function readStepsWithLogs(
  ctx: StepLogContext,
  runId: number,
  options: { debug: boolean },
): Promise<StepWithLogs[]> {
  const steps = await findStepsWithLiveLogs(ctx.db, runId, { debug: options.debug, maxCharacters: maxLogBytes })
  return Promise.all(steps.map((step) => withLogs(ctx, step, options)))
}

/** Finds one step of the account with its logs. */
export async function readStepWithLogs(
  ctx: StepLogContext,
  { accountId, stepId }: { accountId: number; stepId: number },
  options: { debug: boolean },
): Promise<StepWithLogs | undefined> {
  const step = await findStepWithLiveLogs(ctx.db, accountId, stepId, { ...options, maxCharacters: maxLogBytes })
  return step && withLogs(ctx, step, options)
}

async function withLogs(
  ctx: StepLogContext,
  step: StepWithLiveLogs,
  options: { debug: boolean },
): Promise<StepWithLogs> {
  return {
    step,
    consoleLog: step.live_console_log ?? (await readStoredLog(ctx.artifacts, step.console_log_key)),
    debugLog: options.debug ? (step.live_debug_log ?? (await readStoredLog(ctx.artifacts, step.debug_log_key))) : '',
  }
}

/** Empty when there is none, or no longer. */
async function readStoredLog(artifacts: ArtifactStore, key: string | null): Promise<string> {
  const stored = key === null ? undefined : await artifacts.get(key, { start: -maxLogBytes })
  return stored === undefined ? '' : readEnd(stored.content, maxLogBytes, stored.start)
}

/** The last `maxBytes` of what comes behind the first `leftOut`, with a first line that says so when there was more. */
export async function readEnd(content: Readable, maxBytes: number, leftOut = 0): Promise<string> {
  const kept: Buffer[] = []
  let size = 0
  let dropped = leftOut
  for await (const chunk of content) {
    const buffer = Buffer.from(chunk)
    kept.push(buffer)
    size += buffer.length
    for (let first = kept[0]; first !== undefined && size - first.length >= maxBytes; first = kept[0]) {
      kept.shift()
      size -= first.length
      dropped += first.length
    }
  }
  const whole = Buffer.concat(kept)
  const cut = dropped === 0 ? 0 : whole.indexOf('\n') + 1
  const text = whole.toString('utf8', cut)
  return dropped === 0 ? text : `[The first ${dropped + cut} bytes of this log are left out here.]\n${text}`
}
