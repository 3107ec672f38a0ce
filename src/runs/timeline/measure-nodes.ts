/** This much of a node's work is measured. */
export interface TimedNode {
  readonly unique_id: string
  readonly started_at: Date | null
  readonly finished_at: Date | null
  readonly seconds: number | null
  readonly is_critical: boolean
}

/** dbt Cloud's tiles show these of one invocation of dbt, in seconds. */
export interface StepMetrics {
  /** The first node's start; null while none has started. */
  readonly first_node_at: Date | null
  readonly last_node_at: Date | null
  readonly wall_clock: number
  /** Null while dbt has not ended: it is known then. */
  readonly critical_path: number | null
  readonly peak_concurrency: number
  readonly average_active: number
  readonly longest: { readonly unique_id: string; readonly seconds: number } | null
  /** From the first node's start to the last one's. */
  readonly latest_start: number
}

/** A node that runs goes on until `now`. */
export function measureNodes(nodes: readonly TimedNode[], now: Date): StepMetrics {
  const spans = nodes.flatMap(({ started_at: from, finished_at: to }) =>
    from === null ? [] : [{ from: from.getTime(), to: Math.max(from.getTime(), (to ?? now).getTime()) }],
  )
  const critical = nodes.filter((node) => node.is_critical)
  const longest = nodes.reduce<StepMetrics['longest']>(
    (most, { unique_id, seconds }) =>
      seconds !== null && seconds > (most?.seconds ?? 0) ? { unique_id, seconds } : most,
    null,
  )
  const starts = spans.map(({ from }) => from).sort((a, b) => a - b)
  const ends = spans.map(({ to }) => to).sort((a, b) => a - b)
  const [first, lastStart, last] = [starts[0], starts.at(-1), ends.at(-1)]
  const wallMs = first === undefined || last === undefined ? 0 : last - first
  const workedMs = spans.reduce((sum, { from, to }) => sum + to - from, 0)
  return {
    first_node_at: first === undefined ? null : new Date(first),
    last_node_at: last === undefined ? null : new Date(last),
    wall_clock: wallMs / 1000,
    critical_path: critical.length === 0 ? null : critical.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0),
    peak_concurrency: peakOf(starts, ends),
    average_active: wallMs === 0 ? 0 : workedMs / wallMs,
    longest,
    latest_start: first === undefined || lastStart === undefined ? 0 : (lastStart - first) / 1000,
  }
}

/** A node that starts when another one ends takes its place. */
function peakOf(starts: readonly number[], ends: readonly number[]): number {
  let [peak, active, ended] = [0, 0, 0]
  for (const start of starts) {
    while (ended < ends.length && (ends[ended] ?? 0) <= start) {
      ended++
      active--
    }
    peak = Math.max(peak, ++active)
  }
  return peak
}
