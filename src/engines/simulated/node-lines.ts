import type { GraphNode } from './node-graph.ts'
import type { NodeRun } from './schedule-nodes.ts'
import type { ScriptWriter } from './step-script.ts'

const width = 80

/** dbt's line about a node: `1 of 5 OK created sql view model main.orders .... [OK in 0.15s]`. */
export function progressLine(index: number, total: number, message: string, status: string): string {
  return `${`${index} of ${total} ${message} `.padEnd(width, '.')} [${status}]`
}

/** Writes what dbt writes while it runs a node that starts `offsetMs` into the step. */
export function writeNodeLines(writer: ScriptWriter, run: NodeRun, total: number, offsetMs: number): void {
  const { node, index, behaviour, status } = run
  const thread = `Thread-${run.thread} (worker)`
  const from = offsetMs + run.startMs
  const to = offsetMs + run.endMs
  writer.note(from, `Began running node ${node.uniqueId}`, { thread })
  if (status === 'skipped') {
    const kind = node.type === 'test' || node.type === 'exposure' ? node.type : 'relation'
    const name = kind === 'relation' ? node.relation : node.name
    writer.say(from, progressLine(index, total, `SKIP ${kind} ${name}`, 'SKIP'), { thread })
    return
  }
  if (status !== 'no-op') {
    writer.say(from, progressLine(index, total, `START ${describe(node)}`, 'RUN'), { thread })
    writer.note(from, `On ${node.uniqueId}: ${node.content.compiled_code ?? '-- no SQL'}`, { thread })
  }
  for (const line of behaviour.log) writer.say(to, line, { thread })
  for (const line of behaviour.debugLog) writer.note(to, line, { thread })
  const ended = endOf(run)
  const level = status === 'error' || status === 'fail' ? 'error' : status === 'warn' ? 'warn' : 'info'
  const seconds = ((run.endMs - run.startMs) / 1000).toFixed(2)
  writer.say(to, progressLine(index, total, ended.message, `${ended.status} in ${seconds}s`), { level, thread })
  writer.note(to, `Finished running node ${node.uniqueId}`, { thread })
}

function describe(node: GraphNode): string {
  switch (node.type) {
    case 'model':
      return `${node.content.language ?? 'sql'} ${node.materialized} model ${node.relation}`
    case 'seed':
      return `seed file ${node.relation}`
    case 'test':
    case 'unit_test':
      return `${node.type} ${node.name}`
    default:
      return `${node.type} ${node.relation}`
  }
}

const doing = new Map([
  ['model', ['created', 'creating']],
  ['seed', ['loaded', 'loading']],
  ['snapshot', ['snapshotted', 'snapshotting']],
])

function endOf({ node, status, message, behaviour }: NodeRun): { message: string; status: string } {
  const [done = '', gerund = ''] = doing.get(node.type) ?? []
  const what = node.type === 'snapshot' ? node.relation : describe(node)
  switch (status) {
    case 'success':
      return { message: `OK ${done} ${what}`, status: message ?? 'OK' }
    case 'error':
      return { message: gerund === '' ? `ERROR ${node.name}` : `ERROR ${gerund} ${what}`, status: 'ERROR' }
    case 'pass':
      return { message: `PASS ${node.name}`, status: 'PASS' }
    case 'fail':
    case 'warn': {
      const label = `${status.toUpperCase()} ${behaviour.failures}`
      return { message: `${label} ${node.name}`, status: label }
    }
    case 'no-op':
      return { message: `NO-OP ${node.type} ${node.name}`, status: 'NO-OP' }
    case 'skipped':
      return { message: `SKIP ${node.name}`, status: 'SKIP' }
  }
}
