import { type GraphNode, runGraph } from './run-graph.mjs'

const at = (second: number) => `2026-11-30T10:00:0${second}.000Z`
const node = (dependsOn: string[], seconds: number, end: number, changes: Partial<GraphNode> = {}): [GraphNode] => [
  { dependsOn, seconds, finishedAt: at(end), status: 'success', ...changes },
]

/** a → c → e is the longest chain; the ephemeral model between c and e took no time. */
const nodes = new Map<string, GraphNode>(
  Object.entries({
    a: node(['source'], 2, 2),
    b: node([], 1, 1),
    c: node(['a', 'b'], 3, 5),
    ephemeral: [{ dependsOn: ['c'] }] as [GraphNode],
    d: node(['b'], 1, 2),
    e: node(['ephemeral', 'd'], 1, 6),
  }).map(([id, [each]]) => [id, each]),
)

test('the chain of dependencies that took longest, and when each node could begin', () => {
  const graph = runGraph(nodes)
  expect([...nodes.keys()].filter((id) => graph.placeOf(id).isCritical)).toEqual(['a', 'c', 'e'])
  const readyAt = Object.fromEntries([...nodes.keys()].map((id) => [id, graph.placeOf(id).readyAt]))
  expect(readyAt).toEqual({ a: undefined, b: undefined, c: at(2), ephemeral: at(5), d: at(1), e: at(5) })
})

test('what a failure keeps from being built: behind a test, what depends on its model', () => {
  const skipped = { status: 'skipped' }
  const failing = new Map<string, GraphNode>([
    ['a', { dependsOn: [], status: 'success' }],
    ['test', { dependsOn: ['a'], status: 'fail', isTest: true }],
    ['b', { dependsOn: ['a'], ...skipped }],
    ['c', { dependsOn: ['b'], ...skipped }],
    ['board', { dependsOn: ['c'], ...skipped, isExposure: true, name: 'Board' }],
    ['wall', { dependsOn: ['c'], ...skipped, isExposure: true, name: 'Wall' }],
    ['other', { dependsOn: [], ...skipped }],
  ])
  const graph = runGraph(failing)
  expect(graph.affectedBy('test', 1)).toEqual({ skipped: 2, exposures: ['Board'], exposureCount: 2 })
  expect(graph.affectedBy('b', 10)).toMatchObject({ skipped: 1, exposureCount: 2 })
  expect(graph.affectedBy('nothing', 10)).toEqual({ skipped: 0, exposures: [], exposureCount: 0 })
})

test('circles, and chains of very many nodes, end', () => {
  const circle = new Map([
    ['a', { dependsOn: ['b'], seconds: 1 }],
    ['b', { dependsOn: ['a'], seconds: 1 }],
  ])
  expect(runGraph(circle).placeOf('a').isCritical).toBe(true)
  const ids = Array.from({ length: 50_000 }, (_, index) => String(index))
  const chain = new Map(ids.map((id, index) => [id, { dependsOn: index === 0 ? [] : [String(index - 1)], seconds: 1 }]))
  const graph = runGraph(chain)
  expect(ids.every((id) => graph.placeOf(id).isCritical)).toBe(true)
})
