import type { Manifest, ManifestNode } from '../../../domain/scenarios/manifest.ts'

export interface GraphNode {
  readonly uniqueId: string
  readonly name: string
  readonly type: string
  readonly packageName: string
  readonly file: string
  readonly fqn: readonly string[]
  readonly tags: readonly string[]
  readonly materialized: string
  /** The log calls a node `schema.alias`, and a source `source.table`. */
  readonly relation: string
  readonly parents: readonly string[]
  readonly content: ManifestNode
}

export interface NodeGraph {
  readonly nodes: ReadonlyMap<string, GraphNode>
  readonly children: ReadonlyMap<string, readonly string[]>
}

export function readGraph(manifest: Manifest): NodeGraph {
  const contents = [manifest.nodes, manifest.sources, manifest.exposures, manifest.unit_tests].flatMap((group) =>
    Object.values(group ?? {}),
  )
  const nodes = new Map(contents.map((content) => [content.unique_id, readNode(content)]))
  const children = new Map<string, string[]>()
  for (const { uniqueId, parents } of nodes.values()) {
    for (const parent of parents) {
      const siblings = children.get(parent)
      if (siblings === undefined) children.set(parent, [uniqueId])
      else siblings.push(uniqueId)
    }
  }
  return { nodes, children }
}

function readNode(content: ManifestNode): GraphNode {
  const type = content.resource_type
  const alias = content.alias ?? content.name
  return {
    uniqueId: content.unique_id,
    name: content.name,
    type,
    packageName: content.package_name ?? '',
    file: content.original_file_path ?? '',
    fqn: content.fqn ?? [content.name],
    tags: content.tags ?? [],
    materialized: typeof content.config?.materialized === 'string' ? content.config.materialized : type,
    relation: type === 'source' ? `${content.source_name}.${content.name}` : `${content.schema ?? ''}.${alias}`,
    parents: [...new Set(content.depends_on?.nodes ?? [])],
    content,
  }
}

export function isTest({ type }: GraphNode): boolean {
  return type === 'test' || type === 'unit_test'
}

/** Follows `next` from `start`, which is not in the result itself, at most `depth` steps. */
export function reach(
  start: Iterable<string>,
  next: (id: string) => readonly string[],
  depth = Number.POSITIVE_INFINITY,
) {
  const found = new Set<string>()
  let edge = [...start]
  for (let step = 0; step < depth && edge.length > 0; step++) {
    edge = [...new Set(edge.flatMap((id) => [...next(id)]))].filter((id) => !found.has(id))
    for (const id of edge) found.add(id)
  }
  return found
}

export function childrenOf(graph: NodeGraph): (id: string) => readonly string[] {
  return (id) => graph.children.get(id) ?? []
}

export function parentsOf(graph: NodeGraph): (id: string) => readonly string[] {
  return (id) => graph.nodes.get(id)?.parents ?? []
}
