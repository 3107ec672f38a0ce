import { findRunId } from '../../client/find-run.ts'
import { retryRun } from '../../client/run-api.ts'
import { followToEnd } from '../follow/follow-to-end.ts'
import { openClient } from '../open-client.ts'

interface RetryOptions extends Readonly<Record<string, unknown>> {
  readonly detach?: boolean
}

/** `stratus retry RUN`: a new run that resumes a failed one where it failed. Answers the exit code, as `run` does. */
export async function retry(idOrJob: string, options: RetryOptions): Promise<number> {
  using client = await openClient(options)
  return followToEnd(client, await retryRun(client, await findRunId(client, idOrJob)), options)
}
