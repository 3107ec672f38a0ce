import { setTimeout as delay } from 'node:timers/promises'
import type { ApiClient } from '../../client/api-client.ts'
import { ApiError } from '../../client/api-error.ts'
import { cancelRun, type FollowedRun, isOver, readRun } from '../../client/run-api.ts'
import { statusCodes } from '../../domain/runs/run-status.ts'
import type { UntilSignal } from '../../server/until-signal.ts'
import type { Display } from './display.ts'
import { RunView, type ViewOptions } from './run-view.ts'

const pollMs = 400
/** A server that restarts is waited for; the run goes on or is ended by then. */
const patienceMs = 60_000
/** The processes need so long to end after a cancel, grace included. */
const endingMs = 20_000

/** The first signal cancels the run; without one, nothing does. */
type Stop = Partial<Pick<UntilSignal, 'signal'>> & Pick<UntilSignal, 'again'>

/** Follows a run to its end; the first signal cancels it. It is undefined when the second one left it. */
export async function followRun(
  client: ApiClient,
  runId: number,
  display: Display,
  stop: Stop,
  options: ViewOptions = {},
): Promise<FollowedRun | undefined> {
  const view = new RunView(display, options)
  let cancelledAt: number | undefined
  let lastAnswer = performance.now()
  while (!stop.again.aborted) {
    if (stop.signal?.aborted && cancelledAt === undefined) {
      cancelledAt = performance.now()
      display.line('Cancelling the run. Press Ctrl-C again to leave it.')
      await cancelRun(client, runId)
    }
    try {
      const run = await readRun(client, runId, { signal: stop.again, debug: options.debug === true })
      lastAnswer = performance.now()
      view.show(run)
      if (hasEnded(run, cancelledAt)) return run
    } catch (error) {
      if (stop.again.aborted) return undefined
      const isPassing = error instanceof ApiError && error.isPassing
      if (!isPassing || performance.now() - lastAnswer > patienceMs) throw error
    }
    await pause(stop, cancelledAt === undefined)
  }
  return undefined
}

/** A cancelled run is final at once; its steps end when its processes are gone. */
function hasEnded(run: FollowedRun, cancelledAt: number | undefined): boolean {
  if (!isOver(run.status)) return false
  if (cancelledAt === undefined || performance.now() - cancelledAt > endingMs) return true
  return run.run_steps.every((step) => step.status !== statusCodes.running)
}

async function pause(stop: Stop, untilFirst: boolean): Promise<void> {
  const signal = (untilFirst ? stop.signal : undefined) ?? stop.again
  await delay(pollMs, undefined, { signal }).catch(() => {
    // A signal ends the pause early.
  })
}
