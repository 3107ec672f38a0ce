import type { NodeGraph } from '../graph/node-graph.ts'
import type { NodeRun } from './schedule-nodes.ts'
import type { ScriptWriter } from './step-script.ts'

const names: readonly (readonly [type: string, one: string, many: string])[] = [
  ['model', 'model', 'models'],
  ['test', 'data test', 'data tests'],
  ['seed', 'seed', 'seeds'],
  ['snapshot', 'snapshot', 'snapshots'],
  ['source', 'source', 'sources'],
  ['exposure', 'exposure', 'exposures'],
  ['unit_test', 'unit test', 'unit tests'],
]

/** The line reads `Found 8 models, 4 data tests, 1 seed`. */
export function foundLine({ nodes }: NodeGraph): string {
  const counts = countBy([...nodes.values()], ({ type }) => type)
  const parts = names.flatMap(([type, one, many]) => counted(counts.get(type) ?? 0, one, many))
  return parts.length === 0 ? 'Found 0 nodes' : `Found ${parts.join(', ')}`
}

/** The line names `1 incremental model, 4 seeds, 5 table models`. */
export function executedLine(runs: readonly NodeRun[], elapsedMs: number): string {
  const kinds = countBy(runs, ({ node }) => (node.type === 'model' ? `${node.materialized} model` : node.type))
  const parts = [...kinds.keys()].sort().flatMap((kind) => {
    const [, one = kind, many = `${kind}s`] = names.find(([type]) => type === kind) ?? []
    return counted(kinds.get(kind) ?? 0, one, many)
  })
  return finishedLine(parts.join(', '), elapsedMs)
}

export function finishedLine(what: string, elapsedMs: number): string {
  const seconds = elapsedMs / 1000
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  const rest = (seconds % 60).toFixed(2)
  return `Finished running ${what} in ${hours} hours ${minutes} minutes and ${rest} seconds (${seconds.toFixed(2)}s).`
}

/** The end of dbt's output: what failed, and the counts. */
export function writeSummary(writer: ScriptWriter, atMs: number, runs: readonly NodeRun[]): void {
  const failed = runs.filter(({ status }) => status === 'error' || status === 'fail')
  const warned = runs.filter(({ status }) => status === 'warn')
  const warnings = `${warned.length} ${warned.length === 1 ? 'warning' : 'warnings'}`
  const errors = `${failed.length} ${failed.length === 1 ? 'error' : 'errors'}`
  writer.say(atMs, '')
  if (failed.length > 0) writer.say(atMs, `Completed with ${errors}, 0 partial successes, and ${warnings}:`)
  else writer.say(atMs, warned.length > 0 ? `Completed with ${warnings}:` : 'Completed successfully')
  for (const { node, message } of failed) {
    writer.say(atMs, '')
    writer.say(atMs, `Failure in ${node.type} ${node.name} (${node.file})`, { level: 'error' })
    writer.say(atMs, `  ${message ?? ''}`, { level: 'error' })
  }
  for (const { node, message } of warned) {
    writer.say(atMs, '')
    writer.say(atMs, `Warning in ${node.type} ${node.name} (${node.file})`, { level: 'warn' })
    writer.say(atMs, message ?? '', { level: 'warn' })
  }
  const counts = countBy(runs, ({ status }) => status)
  const of = (...statuses: string[]) => statuses.reduce((sum, status) => sum + (counts.get(status) ?? 0), 0)
  writer.say(atMs, '')
  writer.say(
    atMs,
    `Done. PASS=${of('success', 'pass')} WARN=${of('warn')} ERROR=${of('error', 'fail')} ` +
      `SKIP=${of('skipped')} NO-OP=${of('no-op')} TOTAL=${runs.length}`,
  )
}

function counted(count: number, one: string, many: string): string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]
}

function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}
