import fc from 'fast-check'
import { type GraphNode, readGraph } from '../graph/node-graph.ts'
import { orderNodes } from '../graph/order-nodes.ts'
import type { NodeStatus } from './node-behaviour.ts'
import { type NodeRun, scheduleNodes } from './schedule-nodes.ts'

interface Given {
  readonly type: 'model' | 'test'
  /** Parents are positions of earlier nodes. */
  readonly parents: readonly number[]
  readonly fails: boolean
  readonly durationMs: number
}

/** Nodes depend on earlier ones only. */
const graphs: fc.Arbitrary<Given[]> = fc
  .array(
    fc.record({
      type: fc.constantFrom('model' as const, 'model' as const, 'test' as const),
      parents: fc.uniqueArray(fc.nat(30), { maxLength: 3 }),
      fails: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
      durationMs: fc.integer({ min: 0, max: 50 }),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((nodes) =>
    nodes.map((node, position) => ({
      ...node,
      parents: node.parents.filter((parent) => parent < position && nodes[parent]?.type === 'model'),
    })),
  )

function schedule(given: readonly Given[], { threads = 3, isBuild = true, failFast = false } = {}) {
  const idOf = (position: number) => `${given[position]?.type}.p.n${String(position).padStart(2, '0')}`
  const contents = given.map(({ type, parents }, position) => ({
    unique_id: idOf(position),
    name: `n${position}`,
    resource_type: type,
    depends_on: { nodes: parents.map(idOf) },
  }))
  const graph = readGraph({ metadata: {}, nodes: Object.fromEntries(contents.map((node) => [node.unique_id, node])) })
  const nodes = [...graph.nodes.values()]
  const order = orderNodes(graph, nodes, isBuild)
  const behaviourOf = ({ uniqueId, type }: GraphNode) => {
    const { fails, durationMs } = given[Number(uniqueId.slice(-2))] ?? { fails: false, durationMs: 0 }
    const status: NodeStatus = type === 'test' ? (fails ? 'fail' : 'pass') : fails ? 'error' : 'success'
    return { status, durationMs, message: null, failures: null, adapterResponse: {}, log: [], debugLog: [] }
  }
  const runs = scheduleNodes({ nodes, order, threads, failFast, behaviourOf })
  return { nodes, order, runs, byId: new Map(runs.map((run) => [run.node.uniqueId, run])) }
}

const stopping = (run: NodeRun | undefined) => ['error', 'fail', 'skipped'].includes(run?.status ?? '')

describe('a schedule', () => {
  it('runs every node exactly once', () => {
    fc.assert(
      fc.property(
        graphs,
        fc.integer({ min: 1, max: 8 }),
        fc.boolean(),
        fc.boolean(),
        (given, threads, isBuild, failFast) => {
          const { runs, nodes } = schedule(given, { threads, isBuild, failFast })
          expect(runs.map(({ node }) => node.uniqueId).sort()).toEqual(nodes.map(({ uniqueId }) => uniqueId).sort())
          expect(runs.map(({ index }) => index).sort((a, b) => a - b)).toEqual(runs.map((_, position) => position + 1))
        },
      ),
    )
  })

  it('starts a node when all that it waits for has ended, and skips it if and only if something of that failed', () => {
    fc.assert(
      fc.property(graphs, (given) => {
        const { runs, order, byId } = schedule(given)
        for (const run of runs) {
          const before = [...(order.get(run.node.uniqueId) ?? [])].map((id) => byId.get(id))
          for (const other of before) expect(other?.endOrder).toBeLessThan(run.startOrder)
          expect(run.status === 'skipped').toBe(before.some(stopping))
        }
      }),
    )
  })

  it('skips, in a build, all models below a failed model or test, however far', () => {
    fc.assert(
      fc.property(graphs, (given) => {
        const { nodes, byId } = schedule(given)
        for (const node of nodes) {
          if (node.parents.some((parent) => stopping(byId.get(parent)))) {
            expect(byId.get(node.uniqueId)?.status).toBe('skipped')
          }
        }
        const failedTests = nodes.filter(({ uniqueId }) => byId.get(uniqueId)?.status === 'fail')
        for (const test of failedTests) {
          const [tested, ...others] = test.parents
          if (tested === undefined || others.length > 0) continue
          const readers = nodes.filter(({ type, parents }) => type === 'model' && parents.includes(tested))
          for (const { uniqueId } of readers) expect(byId.get(uniqueId)?.status).toBe('skipped')
        }
      }),
    )
  })

  it('gives a thread one node at a time', () => {
    fc.assert(
      fc.property(graphs, fc.integer({ min: 1, max: 4 }), (given, threads) => {
        const { runs } = schedule(given, { threads })
        for (const run of runs) {
          expect(run.thread).toBeLessThanOrEqual(threads)
          const overlapping = runs.filter(
            (other) => other.thread === run.thread && other.startMs < run.endMs && run.startMs < other.endMs,
          )
          expect(overlapping.filter(({ startMs, endMs }) => startMs < endMs).length).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  it('stops at the first failure with --fail-fast, and says so', () => {
    const node = { type: 'model' as const, parents: [], durationMs: 10 }
    const given = [{ ...node, fails: true }, ...Array.from({ length: 3 }, () => ({ ...node, fails: false }))]
    const { runs } = schedule(given, { threads: 1, failFast: true })
    expect(runs.map(({ status, message }) => message ?? status)).toEqual([
      'error',
      ...Array(3).fill('Skipping due to fail_fast'),
    ])
  })

  it('lets tests stop nothing outside of a build', () => {
    const given: Given[] = [
      { type: 'model', parents: [], fails: false, durationMs: 1 },
      { type: 'test', parents: [0], fails: true, durationMs: 1 },
      { type: 'test', parents: [0], fails: false, durationMs: 1 },
    ]
    expect(
      schedule(given, { isBuild: false })
        .runs.map(({ status }) => status)
        .sort(),
    ).toEqual(['fail', 'pass', 'success'])
  })
})
