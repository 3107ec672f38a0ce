import { type GraphNode, isTest, type NodeGraph, parentsOf, reach } from './node-graph.ts'

/** A node waits for these nodes of its command, and is skipped with them. */
export type Order = ReadonlyMap<string, ReadonlySet<string>>

/** dbt's order among the nodes of one command. In a build tests come between what they test and what reads from it. */
export function orderNodes(graph: NodeGraph, nodes: readonly GraphNode[], isBuild: boolean): Order {
  const nearest = nearestChosen(graph, new Set(nodes.map(({ uniqueId }) => uniqueId)))
  const order = new Map(nodes.map((node) => [node.uniqueId, new Set(node.parents.flatMap((id) => [...nearest(id)]))]))
  if (isBuild) guardByTests(order, nodes)
  else for (const node of nodes) if (isTest(node)) order.set(node.uniqueId, new Set())
  return order
}

/** Leads from a node to itself if chosen, else to what is chosen above it: dbt waits through nodes that it does not run. */
function nearestChosen(graph: NodeGraph, chosen: ReadonlySet<string>): (id: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>()
  const find = (id: string): ReadonlySet<string> => {
    const found = known.get(id)
    if (found !== undefined) return found
    known.set(id, new Set()) // a graph with a circle in it ends here
    const result = chosen.has(id) ? new Set([id]) : new Set(parentsOf(graph)(id).flatMap((parent) => [...find(parent)]))
    known.set(id, result)
    return result
  }
  return find
}

function guardByTests(order: Map<string, Set<string>>, nodes: readonly GraphNode[]): void {
  const readers = new Map(nodes.map(({ uniqueId }): [string, string[]] => [uniqueId, []]))
  for (const node of nodes) {
    if (isTest(node)) continue
    for (const parent of order.get(node.uniqueId) ?? []) readers.get(parent)?.push(node.uniqueId)
  }
  const readersOf = (id: string) => readers.get(id) ?? []
  for (const node of nodes) {
    if (!isTest(node)) continue
    const tested = [...(order.get(node.uniqueId) ?? [])]
    if (node.type === 'unit_test') putBefore(order, node.uniqueId, tested)
    // Nodes that read from the readers wait for these.
    else if (tested.length === 1) for (const id of readersOf(tested[0] ?? '')) order.get(id)?.add(node.uniqueId)
    else for (const id of commonReaders(tested, readersOf)) order.get(id)?.add(node.uniqueId)
  }
}

/** Finds what reads, at any distance, from all that a test compares. */
function commonReaders(tested: readonly string[], readersOf: (id: string) => readonly string[]): string[] {
  const [first, ...others] = tested.map((id) => reach([id], readersOf))
  return [...(first ?? [])].filter((id) => others.every((ids) => ids.has(id)))
}

/** A unit test needs no data: it runs before its model. */
function putBefore(order: Map<string, Set<string>>, test: string, models: readonly string[]): void {
  order.set(test, new Set(models.flatMap((id) => [...(order.get(id) ?? [])])))
  for (const id of models) order.get(id)?.add(test)
}
