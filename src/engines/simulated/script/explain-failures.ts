import { failureSentence } from '../../steps/failure-sentence.ts'
import type { NodeRun } from './schedule-nodes.ts'

/** Says in one line, as a real run does, what failed, where, and why. */
export function explainFailures(failed: readonly NodeRun[]): string {
  return failureSentence(
    failed.map(({ node, status, message }) => ({
      type: node.type,
      name: node.name,
      file: node.file,
      isFinding: status === 'fail',
      reason: message ?? '',
    })),
  )
}
