import { findRunId } from '../../client/find-run.ts'
import { type FollowedRun, readRun } from '../../client/run-api.ts'
import { NotFoundError } from '../../domain/errors.ts'
import { untilSignal } from '../../server/until-signal.ts'
import { displayOn } from '../follow/display.ts'
import { followRun } from '../follow/follow-run.ts'
import { paintLogLine } from '../follow/paint-log-line.ts'
import { describeEnd, exitCodeOf } from '../follow/run-outcome.ts'
import { openClient } from '../open-client.ts'
import { paint } from '../output/colours.ts'
import { print } from '../output/terminal.ts'
import { plainText } from '../output/terminal-text.ts'
import { wholeNumber } from '../whole-number.ts'

interface LogsOptions extends Readonly<Record<string, unknown>> {
  readonly step?: string
  readonly debug?: boolean
  readonly follow?: boolean
}

/** `stratus logs RUN`. With --follow it answers the run's exit code. */
export async function logs(idOrJob: string, options: LogsOptions): Promise<number> {
  const { debug = false } = options
  const step = options.step === undefined ? undefined : wholeNumber('--step', options.step)
  using client = await openClient(options)
  const runId = await findRunId(client, idOrJob)
  const run = await readRun(client, runId, { debug })
  if (step !== undefined) assertHasStep(run, step)
  if (!options.follow) {
    printLogs(run, { debug, step })
    return 0
  }
  // To leave is not to cancel: whoever reads a log may not have started the run.
  using stop = untilSignal()
  const display = displayOn(process.stdout)
  try {
    const ended = await followRun(client, runId, display, { again: stop.signal }, { debug, ...(step && { step }) })
    if (ended !== undefined) display.line(describeEnd(ended))
    return exitCodeOf(ended)
  } finally {
    display.stop()
  }
}

function assertHasStep({ id, run_steps: steps }: FollowedRun, step: number): void {
  if (steps.some(({ index }) => index === step)) return
  const lines = steps.map(({ index, name }) => `  ${index}  ${name}`).join('\n')
  throw new NotFoundError(
    `Run ${id} has no step ${step}. ${steps.length === 0 ? 'It has none yet.' : `It has:\n${lines}`}`,
  )
}

/** One step's log is nothing but that; more of them have their names above. */
function printLogs(
  { run_steps: steps }: FollowedRun,
  { debug, step }: { debug: boolean; step: number | undefined },
): void {
  for (const { index, name, ...texts } of steps) {
    if (step !== undefined && index !== step) continue
    if (step === undefined) print(paint('bold', `==> ${index}  ${plainText(name)}`))
    const log = ((debug ? texts.debug_logs : texts.logs) ?? '').replace(/\n$/, '')
    if (log !== '') print(log.split('\n').map(paintLogLine).join('\n'))
  }
}
