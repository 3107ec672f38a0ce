import type { RunPlan, RunResources } from '../../run-engine.ts'
import { fetchEarlierResults } from '../../steps/earlier-results.ts'
import type { NodeGraph } from './node-graph.ts'

export interface ResumedNodes {
  /** It is undefined when the command is run whole. */
  readonly ids: ReadonlySet<string> | undefined
  /** This sentence is for the log. */
  readonly remark: string
}

/** The nodes with which a retried command goes on: those that failed or were skipped in the earlier run. */
export async function findResumedNodes(plan: RunPlan, worker: RunResources, graph: NodeGraph): Promise<ResumedNodes> {
  const whole = (reason: string) => ({ ids: undefined, remark: `The command is run whole: ${reason}.` })
  // The log of a simulated step begins when all of it is known.
  const fetched = await fetchEarlierResults(plan, worker, () => {})
  if (typeof fetched === 'string') return whole(fetched)
  const earlier = fetched.results
  if (earlier.gap !== undefined) return whole(earlier.gap)
  const known = earlier.unfinished.filter((id) => graph.nodes.has(id))
  if (known.length === 0) return whole('what had failed is not in the project any more')
  return { ids: new Set(known), remark: `Resuming run ${plan.retry?.runId} where this command failed.` }
}
