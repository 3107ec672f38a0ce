import { mostCodeLine, mostMessage, mostText } from '../../../domain/runs/node-report.ts'
import { UnfitFile } from '../../../util/files/open-foreign.ts'
import { reportNode } from '../../steps/nodes/report-node.ts'
import type { StepLog } from '../../steps/step-log.ts'
import type { FailureNotes } from '../output/failure/failure-notes.ts'
import type { DbtEvent } from '../output/log/dbt-event.ts'
import type { Run } from '../run.ts'
import { nodeInEvent } from './node-events.ts'
import { readResults } from './read-results.ts'
import { ResultsThread } from './results-thread.ts'

/** Reports the nodes of one step: while dbt prints about them, and at its end what it wrote. */
export interface StepNodes extends AsyncDisposable {
  hear(event: DbtEvent): void
  /** Reads the results of the invocation that the notes are of; results that another one left are skipped. */
  readResults(target: string, notes: FailureNotes, log: StepLog): Promise<void>
}

export function stepNodes(run: Run, step: number): StepNodes {
  const begunAt = Date.now()
  const { reach } = run.secrets
  const most = { mostMessage: mostMessage + reach, mostText: mostText + reach, mostCodeLine: mostCodeLine + reach }
  let thread: ResultsThread | undefined
  const startThread = () => {
    thread ??= new ResultsThread(most)
    return thread
  }
  return {
    hear(event) {
      // dbt has yet to write its files and to exit: the thread starts meanwhile.
      if (event.name === 'FinishedRunningStats') startThread()
      const node = nodeInEvent(event)
      if (node !== undefined) void reportNode(run, step, node)
    },

    async readResults(target, { invocationId }, log) {
      // With --quiet dbt does not tell the invocation's id: then the time must do.
      try {
        for await (const nodes of readResults(target, { invocationId, begunAt }, startThread)) {
          await Promise.all(nodes.map((node) => reportNode(run, step, node)))
        }
      } catch (error) {
        log.say(`What dbt wrote about its nodes was not read: ${reasonOf(error)}. What it printed about them is kept.`)
      }
    },

    async [Symbol.asyncDispose]() {
      await thread?.[Symbol.asyncDispose]()
    },
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof UnfitFile) return `a file ${error.message}`
  return error instanceof Error ? error.message : String(error)
}
