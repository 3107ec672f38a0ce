import type { FailedNode, NodeCounts, TimedNode } from '../../client/overview-api.ts'
import { oneLine } from '../../util/text/one-line.ts'
import { formatElapsed } from '../follow/display.ts'
import { table } from './terminal.ts'
import { plainText } from './terminal-text.ts'

const mostFailed = 10

export function nodeCountsLine(counts: NodeCounts): string {
  const { success, warn, error, skipped, running } = counts
  const parts: [number, string][] = [
    [success, 'succeeded'],
    [warn, 'warned'],
    [error, 'failed'],
    [skipped, 'skipped'],
    [running, 'running'],
  ]
  const shown = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)
  return shown.length === 0 ? 'none' : shown.join(', ')
}

/** Each failure with its place and reason, and below it since when it is so. */
export function describeFailedNodes(nodes: readonly FailedNode[], total: number): string[] {
  if (nodes.length === 0) return []
  const shown = nodes.slice(0, mostFailed)
  const left = total - shown.length
  return [
    '',
    'Failed:',
    ...shown.flatMap((node) => [
      `  ${plainText(headOf(node))}`,
      ...notesOf(node).map((note) => `    ${plainText(note)}`),
    ]),
    ...(left > 0 ? [`  and ${left} more`] : []),
  ]
}

function headOf({ name, resource_type, path, line, message }: FailedNode): string {
  const place = path === null ? '' : ` (${path}${line === null ? '' : `:${line}`})`
  return `${resource_type} ${name}${place}: ${oneLine(message ?? 'no reason is known')}`
}

function notesOf({
  failing_since_run_id: since,
  failing_runs: runs,
  last_good_run_id: good,
  skipped,
  owner,
}: FailedNode) {
  const notes = [
    ...(since === null
      ? []
      : [`fails since run ${since}${runs === null ? '' : `, in ${runs} runs`}`.replace(/ 1 runs$/, ' 1 run')]),
    ...(good === null ? [] : [`last good: run ${good}`]),
    ...(skipped ? [`${skipped} skipped after it`] : []),
    ...(owner === null ? [] : [`owner: ${owner}`]),
  ]
  return notes.length === 0 ? [] : [notes.join(' · ')]
}

export function describeSlowestNodes(nodes: readonly TimedNode[]): string[] {
  if (nodes.length === 0) return []
  const rows = nodes.map(({ name, seconds }) => [`  ${name}`, formatElapsed((seconds ?? 0) * 1000)])
  return ['', 'Slowest:', table(rows)]
}
