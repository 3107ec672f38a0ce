import { mostUniqueId, type NodeReport } from '../../../domain/runs/node-report.ts'
import { type DbtEvent, recordIn, textIn } from '../output/log/dbt-event.ts'
import { instantOf } from './instant.mjs'

const starts = new Set(['LogStartLine', 'LogHookStartLine', 'NodeStart'])

/** A batch of a model has events of its own, which are not the model's. */
const ends = new Set([
  ...['LogModelResult', 'LogSeedResult', 'LogSnapshotResult', 'LogTestResult', 'LogFunctionResult', 'LogNodeResult'],
  ...['LogNodeNoOpResult', 'LogFreshnessResult', 'LogHookEndLine', 'SkippingDetails', 'NodeFinished'],
])

/** These words of `node_status` are no end. dbt 1 writes None for what Python has no value for. */
const unfinished = new Set(['', 'None', 'started', 'compiling', 'executing'])

/** Reads the start or the end of a node from an event; undefined for all other events. */
export function nodeInEvent({ name, data, thread }: DbtEvent): NodeReport | undefined {
  const isStart = starts.has(name)
  if (!isStart && !ends.has(name)) return undefined
  const node = recordIn(data, 'node_info')
  const uniqueId = textIn(node, 'unique_id')
  const status = isStart ? 'running' : endStatus(textIn(node, 'node_status'), textIn(data, 'status'))
  if (!uniqueId || uniqueId.length > mostUniqueId || status === undefined) return undefined
  const [resourceType = 'node'] = uniqueId.split('.')
  const [startedAt, finishedAt] = [
    instantOf(textIn(node, 'node_started_at')),
    instantOf(textIn(node, 'node_finished_at')),
  ]
  const [seconds, failures] = [numberIn(data, 'execution_time'), numberIn(data, 'num_failures')]
  const message = textIn(data, 'result_message')
  return {
    uniqueId,
    status,
    description: {
      name: textIn(node, 'node_name') || uniqueId,
      resourceType: textIn(node, 'resource_type') || resourceType,
    },
    ...(startedAt !== undefined && { startedAt }),
    ...(!isStart && finishedAt !== undefined && { finishedAt }),
    ...(isStart && thread !== '' && { thread }),
    ...(!isStart && seconds !== undefined && { seconds }),
    ...(failures !== undefined && Number.isSafeInteger(failures) && { failures }),
    ...(!isStart && message && { message }),
  }
}

function numberIn(data: Readonly<Record<string, unknown>>, key: string): number | undefined {
  const number = data[key]
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined // 1e400 of JSON is infinite
}

/** The status of a model beside its node is the adapter's message; that of a unit test is the only one. */
function endStatus(ofNode = '', ofResult = ''): string | undefined {
  if (!unfinished.has(ofNode)) return ofNode
  return unfinished.has(ofResult) ? undefined : ofResult.toLowerCase()
}
