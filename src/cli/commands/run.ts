import { findJob } from '../../client/find-job.ts'
import { startRun } from '../../client/run-api.ts'
import { followToEnd } from '../follow/follow-to-end.ts'
import { openClient } from '../open-client.ts'
import { wholeNumber } from '../whole-number.ts'

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
  const body = triggerBody(options)
  using client = await openClient(options)
  const job = await findJob(client, idOrName)
  return followToEnd(client, await startRun(client, job.id, body), options)
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
