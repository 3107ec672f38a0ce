import { findActiveRunId } from '../../client/find-run.ts'
import { cancelRun } from '../../client/run-api.ts'
import { statusCodes } from '../../domain/runs/run-status.ts'
import { openClient } from '../open-client.ts'
import { print } from '../output/terminal.ts'
import { plainText } from '../output/terminal-text.ts'

/** `stratus cancel RUN…`: each is cancelled when this returns; its processes end within seconds. */
export async function cancel(runs: readonly string[], options: Readonly<Record<string, unknown>>): Promise<void> {
  using client = await openClient(options)
  for (const idOrJob of runs) {
    const run = await cancelRun(client, await findActiveRunId(client, idOrJob))
    const name = `Run ${run.id} of job ${plainText(run.job?.name ?? '')}`
    print(
      run.status === statusCodes.cancelled ? `${name} is cancelled.` : `${name} had ended: ${run.status_humanized}.`,
    )
  }
}
