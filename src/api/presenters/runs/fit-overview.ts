import { shorten } from '../../../util/text/one-line.ts'
import type { components } from '../../wire/stratus.generated.ts'

type Overview = components['schemas']['RunOverview']
type Failure = NonNullable<Overview['failure']>

/** With its envelope, an overview has 30 KB at most. */
const mostBytes = 29_000

/** Each leaves out more than the one before; readers miss the first the least. */
const slimmer: readonly ((overview: Overview) => Overview)[] = [
  (overview) => overFailures(overview, (node, index) => (index < 3 ? node : { ...node, excerpt: null })),
  (overview) => overFailures(overview, (node, index) => (index === 0 ? node : slimNode(node, 300))),
  (overview) => ({
    ...overview,
    commits_since: overview.commits_since && { ...overview.commits_since, commits: null },
  }),
  (overview) => withSteps(overview, 50),
  (overview) => overFailures(overview, (node) => slimNode(node, 300)),
  (overview) => ({ ...overview, active_nodes: overview.active_nodes.slice(0, 5) }),
  (overview) => withFailures(withSteps(overview, 10), 5),
  (overview) => withFailures({ ...withSteps(overview, 3), active_nodes: [] }, 1),
  (overview) => overFailures(overview, (node) => ({ ...slimNode(node, 100), owner: null, group: null })),
]

export function fitOverview(overview: Overview): Overview {
  let fitted = overview
  for (const slim of slimmer) {
    if (Buffer.byteLength(JSON.stringify(fitted)) <= mostBytes) return fitted
    fitted = slim(fitted)
  }
  return fitted
}

function overFailures(
  overview: Overview,
  change: (node: Failure['nodes'][number], index: number) => Failure['nodes'][number],
): Overview {
  return {
    ...overview,
    failure: overview.failure && { ...overview.failure, nodes: overview.failure.nodes.map(change) },
  }
}

function slimNode(node: Failure['nodes'][number], most: number): Failure['nodes'][number] {
  return { ...node, excerpt: null, exposures: [], message: node.message === null ? null : shorten(node.message, most) }
}

function withFailures(overview: Overview, most: number): Overview {
  return {
    ...overview,
    failure: overview.failure && { ...overview.failure, nodes: overview.failure.nodes.slice(0, most) },
  }
}

/** Those that failed or run stay, and of the others the first ones. */
function withSteps(overview: Overview, most: number): Overview {
  const urgent = overview.steps.filter(({ status }) => status === 'error' || status === 'running').slice(0, most)
  const kept = new Set([...urgent, ...overview.steps].slice(0, most))
  const left = overview.steps_left_out + overview.steps.length - kept.size
  return {
    ...overview,
    steps: overview.steps.filter((step) => kept.has(step)),
    parts: overview.parts.slice(0, most + 2),
    steps_left_out: left,
  }
}
