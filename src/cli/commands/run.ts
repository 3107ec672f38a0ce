import { ApiClient } from '../../client/api-client.ts'
import { findJob } from '../../client/find-job.ts'
import { findServer } from '../../client/find-server.ts'
import { type FollowedRun, startRun, wireStatus } from '../../client/run-api.ts'
import { readEnv } from '../../config/env.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import { flagValues } from '../flags.ts'
import { plainDisplay, terminalDisplay } from '../follow/display.ts'
import { followRun } from '../follow/follow-run.ts'
import { print, printNote } from '../terminal.ts'
import { untilSignal } from '../until-signal.ts'

interface RunOptions extends Readonly<Record<string, unknown>> {
  readonly step?: readonly string[]
  readonly cause: string
  readonly detach?: boolean
  readonly branch?: string
  readonly sha?: string
  readonly schema?: string
  readonly target?: string
  readonly threads?: string
  readonly timeout?: string
  readonly docs?: boolean
}

/** `stratus run JOB`. Answers the exit code: 0 success, 1 error or cancelled. */
export async function run(idOrName: string, options: RunOptions): Promise<number> {
  const env = readEnv(flagValues(options))
  const body = triggerBody(options)
  using client = new ApiClient(await findServer(env, process.cwd()))
  const job = await findJob(client, idOrName)
  const started = await startRun(client, job.id, body)
  if (options.detach) {
    print(String(started.id))
    printNote(`Run ${started.id} of job ${job.name}: ${started.href}`)
    return 0
  }
  using stop = untilSignal()
  const display = process.stdout.isTTY ? terminalDisplay(process.stdout) : plainDisplay(process.stdout)
  try {
    display.line(`Run ${started.id} of job ${job.name}: ${started.href}`)
    const ended = await followRun(client, started.id, display, stop)
    display.line(describeEnd(started.id, ended))
    return ended?.status === wireStatus.success ? 0 : 1
  } finally {
    display.stop()
  }
}

function triggerBody(options: RunOptions): Record<string, unknown> {
  const { step, cause, branch, sha, schema, target, threads, timeout, docs } = options
  return {
    cause,
    ...(step && { steps_override: step }),
    ...(branch && { git_branch: branch }),
    ...(sha && { git_sha: sha }),
    ...(schema && { schema_override: schema }),
    ...(target && { target_name_override: target }),
    ...(threads && { threads_override: wholeNumber('--threads', threads) }),
    ...(timeout && { timeout_seconds_override: wholeNumber('--timeout', timeout) }),
    ...(docs !== undefined && { generate_docs_override: docs }),
  }
}

function wholeNumber(flag: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidRequestError(`${flag}: got "${text}", expected a whole number above 0.`)
  return Number(text)
}

function describeEnd(runId: number, run: FollowedRun | undefined): string {
  if (run === undefined) return `Left run ${runId}; the server goes on ending it.`
  const message = run.status_message ? `: ${run.status_message}` : '.'
  if (run.status === wireStatus.success) return `Run ${runId} succeeded${message}`
  return run.status === wireStatus.error ? `Run ${runId} failed${message}` : `Run ${runId} was cancelled${message}`
}
