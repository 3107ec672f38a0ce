import {
  mostCodeLine,
  mostMessage,
  mostText,
  type NodeFailure,
  type NodeReport,
} from '../../../domain/runs/node-report.ts'
import type { SecretScrubber } from '../secrets/secret-scrubber.ts'
import type { SteppedRun } from '../take-steps.ts'

/** Reports what is known of a node by now, without secrets, each text cut to its length. */
export function reportNode(
  { sink, secrets }: Pick<SteppedRun, 'sink' | 'secrets'>,
  step: number,
  node: NodeReport,
): Promise<void> {
  const type = node.status === 'running' ? 'nodeStarted' : 'nodeFinished'
  return sink.report({ type, step, node: withoutSecrets(node, secrets) })
}

/**
 * A secret may stand where a text is cut, so that texts are to come with as much more as the scrubber's reach. Times are none:
 * with a part hidden the database would not take them.
 */
function withoutSecrets(node: NodeReport, secrets: SecretScrubber): NodeReport {
  const { uniqueId, status, thread, message, description, failure } = node
  const show = (text: string) => secrets.scrubHead(text, mostText)
  return {
    ...node,
    uniqueId: secrets.scrub(uniqueId),
    status: show(status),
    ...(thread !== undefined && { thread: show(thread) }),
    ...(message !== undefined && { message: secrets.scrubHead(message, mostMessage) }),
    ...(description !== undefined && { description: eachText(description, show) }),
    ...(failure !== undefined && { failure: failureWithoutSecrets(failure, secrets) }),
  }
}

function failureWithoutSecrets({ excerpt, ...failure }: NodeFailure, secrets: SecretScrubber): NodeFailure {
  const shown = eachText(failure, (text) => secrets.scrubHead(text, mostText))
  if (excerpt === undefined) return shown
  const lines = excerpt.lines.map((line) => secrets.scrubHead(line, mostCodeLine))
  return { ...shown, excerpt: { ...excerpt, lines } }
}

function eachText<T>(value: T, show: (text: string) => string): T {
  return JSON.parse(JSON.stringify(value), (_, each: unknown) => (typeof each === 'string' ? show(each) : each))
}
