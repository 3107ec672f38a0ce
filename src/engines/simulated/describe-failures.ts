import { oneLine, shorten } from '../../util/one-line.ts'
import type { NodeRun } from './schedule-nodes.ts'

/** In one line, as of a real run: what failed, where, and the first line of the reason. */
export function describeFailures(failed: readonly NodeRun[]): string {
  const [first, ...others] = failed
  if (first === undefined) return 'dbt failed.'
  const message = oneLine(first.message ?? '')
  const place = `${first.node.type} ${first.node.name} (${first.node.file})`
  const isWhole = /^\S.* in \S+ .*\(.*\)/.test(message)
  const text = isWhole ? message : `${first.status === 'fail' ? 'Failure' : 'Error'} in ${place}: ${message}`
  return shorten(text + andMore(others.length))
}

export function andMore(count: number): string {
  return count === 0 ? '' : ` … and ${count} more`
}
