import type { NodeRule, SimulatedDuration } from '../../../domain/scenarios/scenario.ts'
import type { GraphNode } from '../graph/node-graph.ts'
import { isTest } from '../graph/node-graph.ts'
import { durationMs } from './merge-rules.ts'

export type NodeStatus = 'success' | 'error' | 'skipped' | 'pass' | 'fail' | 'warn' | 'no-op'

/** A node does this when its turn comes. */
export interface NodeBehaviour {
  readonly status: NodeStatus
  readonly durationMs: number
  /** dbt writes it so to run_results.json. */
  readonly message: string | null
  readonly failures: number | null
  readonly adapterResponse: Readonly<Record<string, unknown>>
  readonly log: readonly string[]
  readonly debugLog: readonly string[]
}

const usualSeconds = new Map<string, SimulatedDuration>([
  ['view', [0.1, 0.6]],
  ['table', [0.5, 3]],
  ['incremental', [0.5, 2]],
  ['seed', [0.1, 0.4]],
  ['snapshot', [0.5, 2]],
  ['test', [0.05, 0.3]],
  ['exposure', 0],
])

/** `random` gives the numbers that belong to this node. */
export function behaviourOf(
  node: GraphNode,
  rule: NodeRule | undefined,
  adapter: string,
  random: () => number,
): NodeBehaviour {
  const duration = durationMs(rule?.duration, usualSeconds.get(node.materialized) ?? [0.1, 0.6], random)
  const rows = rule?.rows ?? Math.floor(10 + random() * 10_000)
  const failures = rule?.failures ?? Math.floor(1 + random() * 20)
  const common = { durationMs: duration, log: rule?.log ?? [], debugLog: rule?.debug_log ?? [] }
  if (node.type === 'exposure') {
    return { ...common, status: 'no-op', message: 'NO-OP', failures: 0, adapterResponse: {} }
  }
  const outcome = rule?.outcome ?? 'success'
  if (outcome === 'error' || (outcome === 'fail' && !isTest(node))) {
    return { ...common, status: 'error', message: errorMessage(node, rule), failures: null, adapterResponse: {} }
  }
  if (isTest(node)) return { ...common, ...testResult(outcome, failures, rule), adapterResponse: { _message: 'OK' } }
  const log =
    outcome === 'warn' ? [`[WARNING]: ${rule?.message ?? `${node.name} has a warning.`}`, ...common.log] : common.log
  const adapterResponse = responseOf(node, adapter, rows)
  return {
    ...common,
    log,
    status: 'success',
    message: String(adapterResponse._message),
    failures: null,
    adapterResponse,
  }
}

function testResult(outcome: 'success' | 'fail' | 'warn', failures: number, rule: NodeRule | undefined) {
  if (outcome === 'success') return { status: 'pass' as const, message: null, failures: 0 }
  const results = failures === 1 ? 'result' : 'results'
  return {
    status: outcome,
    message: rule?.message ?? `Got ${failures} ${results}, configured to ${outcome} if != 0`,
    failures,
  }
}

/** dbt names the kind of error and the place first, and the database's words on a line of their own. */
function errorMessage({ type, name, file }: GraphNode, rule: NodeRule | undefined): string {
  const message = rule?.message ?? 'The scenario says that this fails.'
  if (/^\w+ Error\b/.test(message)) return message // of a recorded run
  const words = message.split('\n').map((line) => `  ${line}`)
  return [`${rule?.error_type ?? 'Database Error'} in ${type} ${name} (${file})`, ...words].join('\n')
}

function responseOf({ materialized }: GraphNode, adapter: string, rows: number) {
  if (adapter === 'duckdb' && materialized !== 'seed') return { _message: 'OK' }
  switch (materialized) {
    case 'view':
      return { _message: 'CREATE VIEW', code: 'CREATE VIEW', rows_affected: -1 }
    case 'seed':
      return { _message: `INSERT ${rows}`, code: 'INSERT', rows_affected: rows }
    case 'incremental':
    case 'snapshot':
      return { _message: `INSERT 0 ${rows}`, code: 'INSERT', rows_affected: rows }
    default:
      return { _message: `SELECT ${rows}`, code: 'SELECT', rows_affected: rows }
  }
}
