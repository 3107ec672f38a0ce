import { matcherFor, methodOf } from './match-nodes.ts'
import { childrenOf, type GraphNode, isTest, type NodeGraph, parentsOf, reach } from './node-graph.ts'

export interface Selection {
  /** Several words are a union, commas within a word an intersection. Undefined means everything. */
  readonly select?: readonly string[]
  readonly exclude?: readonly string[]
  /** Says which tests come with the selected nodes. */
  readonly indirect?: 'eager' | 'cautious' | 'empty'
}

export interface SelectedNodes {
  readonly ids: ReadonlySet<string>
  /** These sentences are for the log. */
  readonly remarks: readonly string[]
}

interface Term {
  readonly matches: (node: GraphNode) => boolean
  /** Says how many steps upwards and downwards belong to it. */
  readonly up: number
  readonly down: number
  /** `@`: and all that the children need, too. */
  readonly childrensParents: boolean
  /** A name in full, which needs no search. */
  readonly exactId: string
}

export function selectNodes(graph: NodeGraph, { select, exclude, indirect = 'eager' }: Selection): SelectedNodes {
  const remarks: string[] = []
  const chosen = select === undefined ? new Set(graph.nodes.keys()) : union(graph, select, indirect, remarks)
  if (exclude !== undefined) for (const id of union(graph, exclude, indirect, remarks)) chosen.delete(id)
  // With a part of the selection unknown, a guess would be worse than the whole.
  const isWhole = remarks.some((remark) => remark.startsWith('Not simulated'))
  return { ids: isWhole ? new Set(graph.nodes.keys()) : chosen, remarks }
}

function union(
  graph: NodeGraph,
  words: readonly string[],
  indirect: 'eager' | 'cautious' | 'empty',
  remarks: string[],
): Set<string> {
  const found = new Set<string>()
  for (const word of words.flatMap((text) => text.split(/\s+/)).filter((text) => text !== '')) {
    const matched = intersection(graph, word)
    if (matched === undefined) {
      remarks.push(`Not simulated: the selector ${word}. The whole project is taken instead.`)
      continue
    }
    if (matched.size === 0) remarks.push(`The selection criterion '${word}' does not match any enabled nodes`)
    for (const id of matched) found.add(id)
  }
  return indirect === 'empty' ? found : withTests(graph, found, indirect)
}

function intersection(graph: NodeGraph, word: string): Set<string> | undefined {
  let result: Set<string> | undefined
  for (const text of word.split(',')) {
    const term = parseTerm(text)
    if (term === undefined) return undefined
    const ids = expand(graph, term)
    const before = result
    result = before === undefined ? ids : new Set([...before].filter((id) => ids.has(id)))
  }
  return result
}

function parseTerm(text: string): Term | undefined {
  const groups = /^(?<at>@)?(?:(?<up>\d*)\+)?(?:(?<method>[a-z_.]+):)?(?<value>[^+@:]+)(?:\+(?<down>\d*))?$/.exec(
    text,
  )?.groups
  const value = groups?.value
  if (groups === undefined || value === undefined) return undefined
  const matcher = matcherFor(groups.method ?? methodOf(value))
  if (matcher === undefined) return undefined
  const depth = (steps: string | undefined) => (steps === undefined ? 0 : steps === '' ? Infinity : Number(steps))
  return {
    matches: (node) => matcher(node, value),
    up: depth(groups.up),
    down: groups.at === undefined ? depth(groups.down) : Infinity,
    childrensParents: groups.at !== undefined,
    exactId: groups.method === undefined ? value : '',
  }
}

function expand(graph: NodeGraph, term: Term): Set<string> {
  const exact = graph.nodes.has(term.exactId) ? [term.exactId] : undefined
  const start = exact ?? [...graph.nodes.values()].filter(term.matches).map(({ uniqueId }) => uniqueId)
  const below = reach(start, childrenOf(graph), term.down)
  const above = reach(
    term.childrensParents ? [...start, ...below] : start,
    parentsOf(graph),
    term.childrensParents ? Infinity : term.up,
  )
  return new Set([...start, ...below, ...above].filter((id) => graph.nodes.has(id)))
}

/** dbt runs the tests of what is selected, too. */
function withTests(graph: NodeGraph, ids: Set<string>, indirect: 'eager' | 'cautious'): Set<string> {
  const result = new Set(ids)
  for (const id of ids) {
    for (const child of graph.children.get(id) ?? []) {
      const node = graph.nodes.get(child)
      if (node === undefined || !isTest(node)) continue
      if (indirect === 'eager' || node.parents.every((parent) => ids.has(parent))) result.add(child)
    }
  }
  return result
}
