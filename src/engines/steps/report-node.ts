import { mostMessage, type NodeReport } from '../../domain/runs/node-report.ts'
import type { SecretScrubber } from './secret-scrubber.ts'
import type { SteppedRun } from './take-steps.ts'

/** Reports what is known of a node by now, without secrets. Its message may be too long by the scrubber's reach. */
export function reportNode(
  { sink, secrets }: Pick<SteppedRun, 'sink' | 'secrets'>,
  step: number,
  node: NodeReport,
): Promise<void> {
  const type = node.status === 'running' ? 'nodeStarted' : 'nodeFinished'
  return sink.report({ type, step, node: withoutSecrets(node, secrets) })
}

/** A secret may stand where the message is cut. */
function withoutSecrets({ message, ...node }: NodeReport, secrets: SecretScrubber): NodeReport {
  const scrub = (_: string, value: unknown) => (typeof value === 'string' ? secrets.scrub(value) : value)
  const shown: NodeReport = secrets.isIdle ? node : JSON.parse(JSON.stringify(node), scrub)
  return { ...shown, ...(message !== undefined && { message: secrets.scrubHead(message, mostMessage) }) }
}
