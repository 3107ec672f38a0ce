import type { NodeBehaviour, NodeStatus } from './node-behaviour.ts'
import type { GraphNode } from './node-graph.ts'
import type { Order } from './order-nodes.ts'
import { SortedQueue } from './sorted-queue.ts'

/** A node's part in an invocation; times in milliseconds from the first node's start. */
export interface NodeRun {
  readonly node: GraphNode
  readonly behaviour: NodeBehaviour
  readonly status: NodeStatus
  readonly message: string | null
  /** 1-based, in the order of starting. */
  readonly index: number
  readonly thread: number
  readonly startMs: number
  readonly endMs: number
}

export interface Schedule {
  readonly nodes: readonly GraphNode[]
  readonly order: Order
  readonly threads: number
  readonly failFast: boolean
  readonly behaviourOf: (node: GraphNode) => NodeBehaviour
}

const stopping = new Set<NodeStatus>(['error', 'fail', 'skipped'])

/** Lets the threads work the nodes off as dbt's would. Every node gets exactly one run. */
export function scheduleNodes(schedule: Schedule): NodeRun[] {
  const ranks = rankNodes(schedule)
  const waiting = new Map([...schedule.order].map(([id, parents]) => [id, parents.size]))
  const dependents = new Map(schedule.nodes.map(({ uniqueId }): [string, GraphNode[]] => [uniqueId, []]))
  for (const node of schedule.nodes) {
    for (const parent of schedule.order.get(node.uniqueId) ?? []) dependents.get(parent)?.push(node)
  }
  const before = (a: GraphNode, b: GraphNode) =>
    (ranks.get(a.uniqueId) ?? 0) - (ranks.get(b.uniqueId) ?? 0) || (a.uniqueId < b.uniqueId ? -1 : 1)
  const ready = new SortedQueue(
    before,
    schedule.nodes.filter(({ uniqueId }) => waiting.get(uniqueId) === 0),
  )
  const running = new SortedQueue<NodeRun>((a, b) => a.endMs - b.endMs || a.index - b.index, [])
  const free = new SortedQueue<number>(
    (a, b) => a - b,
    Array.from({ length: schedule.threads }, (_, index) => index + 1),
  )
  const skipped = new Set<string>()
  const runs: NodeRun[] = []
  let failedFast = false
  let clock = 0

  const finish = (run: NodeRun) => {
    runs.push(run)
    const stops = stopping.has(run.status)
    if (stops && run.status !== 'skipped' && schedule.failFast) failedFast = true
    for (const node of dependents.get(run.node.uniqueId) ?? []) {
      if (stops) skipped.add(node.uniqueId)
      const left = (waiting.get(node.uniqueId) ?? 0) - 1
      waiting.set(node.uniqueId, left)
      if (left === 0) ready.add(node)
    }
  }

  for (let index = 1; ready.length + running.length > 0; ) {
    while (ready.length > 0 && free.length > 0) {
      const node = ready.take()
      const thread = free.take()
      const behaviour = schedule.behaviourOf(node)
      const run = { node, behaviour, index: index++, thread, startMs: clock }
      if (failedFast || skipped.has(node.uniqueId)) {
        free.add(thread)
        const message = failedFast ? 'Skipping due to fail_fast' : null
        finish({ ...run, status: 'skipped', message, endMs: clock })
      } else {
        running.add({
          ...run,
          status: behaviour.status,
          message: behaviour.message,
          endMs: clock + behaviour.durationMs,
        })
      }
    }
    if (running.length === 0) continue
    const next = running.take()
    clock = next.endMs
    free.add(next.thread)
    finish(next)
  }
  return runs
}

/** How many nodes deep in the graph a node lies: shallow ones start first. */
function rankNodes({ nodes, order }: Schedule): Map<string, number> {
  const ranks = new Map<string, number>()
  const rankOf = (id: string): number => {
    const known = ranks.get(id)
    if (known !== undefined) return known
    ranks.set(id, 0)
    const rank = 1 + Math.max(-1, ...[...(order.get(id) ?? [])].map(rankOf))
    ranks.set(id, rank)
    return rank
  }
  for (const { uniqueId } of nodes) rankOf(uniqueId)
  return ranks
}
