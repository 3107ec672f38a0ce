import type { GraphNode } from '../graph/node-graph.ts'
import type { NodeRun } from './schedule-nodes.ts'
import type { ScriptWriter } from './step-script.ts'

const width = 80

/** dbt's line about a node reads `1 of 5 OK created sql view model main.orders .... [OK in 0.15s]`. */
export function progressLine(index: number, total: number, message: string, status: string): string {
  return `${`${index} of ${total} ${message} `.padEnd(width, '.')} [${status}]`
}

/** Calls back for every start and every end, in the order in which they happen. */
export function eachMoment(
  runs: readonly NodeRun[],
  { onStart, onEnd }: { onStart: (run: NodeRun) => void; onEnd: (run: NodeRun) => void },
): void {
  const moments = runs.flatMap((run) => [
    { order: run.startOrder, tell: () => onStart(run) },
    { order: run.endOrder, tell: () => onEnd(run) },
  ])
  for (const { tell } of moments.sort((a, b) => a.order - b.order)) tell()
}

/** Writes what dbt writes while it runs nodes, of which the first starts `offsetMs` into the step. */
export function writeNodeLines(writer: ScriptWriter, runs: readonly NodeRun[], offsetMs: number): void {
  eachMoment(runs, {
    onStart: (run) => writeStart(writer, run, { atMs: offsetMs + run.startMs, total: runs.length }),
    onEnd: (run) => writeEnd(writer, run, { atMs: offsetMs + run.endMs, total: runs.length }),
  })
}

interface Moment {
  readonly atMs: number
  readonly total: number
}

function writeStart(writer: ScriptWriter, { node, index, status, ...run }: NodeRun, { atMs, total }: Moment): void {
  const thread = threadName(run)
  writer.note(atMs, `Began running node ${node.uniqueId}`, { thread })
  if (status === 'skipped' || status === 'no-op') return
  writer.say(atMs, progressLine(index, total, `START ${describe(node)}`, 'RUN'), { thread })
  writer.note(atMs, `On ${node.uniqueId}: ${node.content.compiled_code ?? '-- no SQL'}`, { thread })
}

function writeEnd(writer: ScriptWriter, run: NodeRun, { atMs, total }: Moment): void {
  const { node, index, status, behaviour } = run
  const thread = threadName(run)
  const ended = endOf(run)
  if (status === 'skipped') {
    writer.say(atMs, progressLine(index, total, ended.message, 'SKIP'), { thread })
  } else {
    for (const line of behaviour.log) writer.say(atMs, line, { thread })
    for (const line of behaviour.debugLog) writer.note(atMs, line, { thread })
    const line = progressLine(index, total, ended.message, `${ended.status} in ${secondsOf(run)}s`)
    writer.say(atMs, line, { level: levelOf(run), thread })
  }
  writer.note(atMs, `Finished running node ${node.uniqueId}`, { thread })
}

export function threadName({ thread }: Pick<NodeRun, 'thread'>): string {
  return `Thread-${thread} (worker)`
}

export function secondsOf({ startMs, endMs }: NodeRun): string {
  return ((endMs - startMs) / 1000).toFixed(2)
}

export function levelOf({ status }: NodeRun): string {
  if (status === 'error' || status === 'fail') return 'error'
  return status === 'warn' ? 'warn' : 'info'
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
      return {
        message: `SKIP ${isBare(node) ? `${node.type} ${node.name}` : `relation ${node.relation}`}`,
        status: 'SKIP',
      }
  }
}

/** dbt calls some nodes that it skips by their names alone. */
function isBare({ type }: GraphNode): boolean {
  return type === 'test' || type === 'unit_test' || type === 'exposure'
}
