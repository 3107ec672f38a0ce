import type { ApiClient } from '../../client/api-client.ts'
import type { StartedRun } from '../../client/run-api.ts'
import { untilSignal } from '../../server/until-signal.ts'
import { print, printNote } from '../output/terminal.ts'
import { plainText } from '../output/terminal-text.ts'
import { displayOn } from './display.ts'
import { followRun } from './follow-run.ts'
import { describeEnd, exitCodeOf } from './run-outcome.ts'

/** Shows a run that was started just now until it ends, unless it is to go on by itself. Answers the exit code. */
export async function followToEnd(
  client: ApiClient,
  { id, href, job }: StartedRun,
  { detach = false }: { detach?: boolean },
): Promise<number> {
  const headline = `Run ${id} of job ${plainText(job?.name ?? '')}: ${href}`
  if (detach) {
    print(String(id))
    printNote(headline)
    return 0
  }
  using stop = untilSignal()
  const display = displayOn(process.stdout)
  try {
    display.line(headline)
    const ended = await followRun(client, id, display, stop)
    display.line(ended === undefined ? `Left run ${id}; the server goes on ending it.` : describeEnd(ended))
    return exitCodeOf(ended)
  } finally {
    display.stop()
  }
}
