import { StepFailure } from '../../steps/step-failure.ts'
import type { GraphNode } from '../graph/node-graph.ts'
import type { Order } from '../graph/order-nodes.ts'
import type { NodeBehaviour, NodeStatus } from './node-behaviour.ts'
import { SortedQueue } from './sorted-queue.ts'

/** This is a node's part in an invocation; times are in milliseconds from the first node's start. */
export interface NodeRun {
  readonly node: GraphNode
  readonly behaviour: NodeBehaviour
  readonly status: NodeStatus
  readonly message: string | null
  /** Starts at 1, in the order of starting. */
  readonly index: number
  readonly thread: number
  readonly startMs: number
  readonly endMs: number
  /** Places among all starts and ends, which happen at the same time often enough. */
  readonly startOrder: number
  readonly endOrder: number
}

export interface Schedule {
  readonly nodes: readonly GraphNode[]
  readonly order: Order
  readonly threads: number
  readonly failFast: boolean
  readonly behaviourOf: (node: GraphNode) => NodeBehaviour
}

/**
 * Lets the threads work the nodes off as dbt's would, and answers what happened in the order of ending. Every node
 * gets exactly one run. Throws a StepFailure when the nodes wait for each other in a circle.
 */
export function scheduleNodes(schedule: Schedule): NodeRun[] {
  const runs = new Scheduler(schedule).run()
  if (runs.length === schedule.nodes.length) return runs
  const ended = new Set(runs.map(({ node }) => node))
  const stuck = schedule.nodes.filter((node) => !ended.has(node)).map(({ name }) => name)
  throw new StepFailure(`Some nodes depend on each other in a circle: ${stuck.slice(0, 5).join(', ')}.`)
}

const stopping = new Set<NodeStatus>(['error', 'fail', 'skipped'])

class Scheduler {
  readonly #schedule: Schedule
  readonly #ready: SortedQueue<GraphNode>
  readonly #running = new SortedQueue<NodeRun>((a, b) => a.endMs - b.endMs || a.index - b.index)
  readonly #free = new SortedQueue<number>((a, b) => a - b)
  /** Says how many others each node still waits for. */
  readonly #waiting: Map<string, number>
  readonly #dependents: Map<string, GraphNode[]>
  readonly #skipped = new Set<string>()
  readonly #runs: NodeRun[] = []
  #failedFast = false
  #clockMs = 0
  #started = 0
  #happened = 0

  constructor(schedule: Schedule) {
    const { nodes, order, threads } = schedule
    this.#schedule = schedule
    this.#waiting = new Map([...order].map(([id, others]) => [id, others.size]))
    this.#dependents = dependentsIn(schedule)
    const depths = depthsIn(schedule)
    const depthOf = ({ uniqueId }: GraphNode) => depths.get(uniqueId) ?? 0
    this.#ready = new SortedQueue((a, b) => depthOf(a) - depthOf(b) || (a.uniqueId < b.uniqueId ? -1 : 1))
    for (const node of nodes) if (this.#waiting.get(node.uniqueId) === 0) this.#ready.add(node)
    for (let thread = 1; thread <= threads; thread++) this.#free.add(thread)
  }

  run(): NodeRun[] {
    while (this.#ready.length + this.#running.length > 0) {
      if (this.#ready.length > 0 && this.#free.length > 0) this.#start(this.#ready.take(), this.#free.take())
      else this.#goOn()
    }
    return this.#runs
  }

  #start(node: GraphNode, thread: number): void {
    const behaviour = this.#schedule.behaviourOf(node)
    const isSkipped = this.#failedFast || this.#skipped.has(node.uniqueId)
    const durationMs = isSkipped ? 0 : behaviour.durationMs
    const run = {
      node,
      behaviour,
      status: isSkipped ? ('skipped' as const) : behaviour.status,
      message: isSkipped ? (this.#failedFast ? 'Skipping due to fail_fast' : null) : behaviour.message,
      index: ++this.#started,
      thread,
      startMs: this.#clockMs,
      endMs: this.#clockMs + durationMs,
      startOrder: ++this.#happened,
      endOrder: 0,
    }
    if (isSkipped) this.#end(run)
    else this.#running.add(run)
  }

  /** Goes on to the next moment at which a node ends. */
  #goOn(): void {
    const run = this.#running.take()
    this.#clockMs = run.endMs
    this.#end(run)
  }

  #end(run: NodeRun): void {
    this.#runs.push({ ...run, endOrder: ++this.#happened })
    this.#free.add(run.thread)
    const stops = stopping.has(run.status)
    if (this.#schedule.failFast && stops && run.status !== 'skipped') this.#failedFast = true
    for (const node of this.#dependents.get(run.node.uniqueId) ?? []) {
      if (stops) this.#skipped.add(node.uniqueId)
      const left = (this.#waiting.get(node.uniqueId) ?? 0) - 1
      this.#waiting.set(node.uniqueId, left)
      if (left === 0) this.#ready.add(node)
    }
  }
}

function dependentsIn({ nodes, order }: Schedule): Map<string, GraphNode[]> {
  const dependents = new Map(nodes.map(({ uniqueId }): [string, GraphNode[]] => [uniqueId, []]))
  for (const node of nodes) for (const id of order.get(node.uniqueId) ?? []) dependents.get(id)?.push(node)
  return dependents
}

/** Says how deep in the graph each node lies: shallow ones start first. */
function depthsIn({ nodes, order }: Schedule): Map<string, number> {
  const depths = new Map<string, number>()
  const depthOf = (id: string): number => {
    const known = depths.get(id)
    if (known !== undefined) return known
    depths.set(id, 0)
    let depth = 0
    for (const other of order.get(id) ?? []) depth = Math.max(depth, depthOf(other) + 1)
    depths.set(id, depth)
    return depth
  }
  for (const { uniqueId } of nodes) depthOf(uniqueId)
  return depths
}
