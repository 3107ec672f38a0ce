import type { RunPlan, RunResources } from '../../run-engine.ts'
import { readEarlierResults } from '../../steps/earlier-results.ts'
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
  if (plan.retry === undefined) return whole('there is no earlier run to resume')
  const results = await worker.fetchArtifact(plan.retry.runResultsKey).catch(() => undefined) // gone with the run's retention
  if (results === undefined) return whole(`the results of run ${plan.retry.runId} are not available any more`)
  const earlier = readEarlierResults(results)
  if (earlier === undefined) return whole(`the results of run ${plan.retry.runId} cannot be read`)
  if (earlier.gap !== undefined) return whole(earlier.gap)
  const known = earlier.unfinished.filter((id) => graph.nodes.has(id))
  if (known.length === 0) return whole('what had failed is not in the project any more')
  return { ids: new Set(known), remark: `Resuming run ${plan.retry.runId} where this command failed.` }
}
