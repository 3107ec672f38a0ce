import type { GraphNode } from '../graph/node-graph.ts'
import type { ScriptFile } from '../script/step-script.ts'
import { artifactMetadata, type Invocation } from './invocation.ts'
import { json } from './result-files.ts'

const relations = new Set(['model', 'seed', 'snapshot', 'source'])

/** Writes catalog.json as if everything that the project describes existed. */
export function catalogFile(invocation: Invocation, atMs: number): ScriptFile {
  const nodes = [...invocation.simulation.graph.nodes.values()].filter(
    ({ type, materialized }) => relations.has(type) && materialized !== 'ephemeral',
  )
  const entries = (isSource: boolean) =>
    Object.fromEntries(
      nodes.filter(({ type }) => (type === 'source') === isSource).map((node) => [node.uniqueId, entryOf(node)]),
    )
  return json('catalog.json', {
    metadata: artifactMetadata(invocation, 'catalog/v1', atMs),
    nodes: entries(false),
    sources: entries(true),
    errors: null,
  })
}

function entryOf({ uniqueId, name, materialized, content }: GraphNode) {
  const columns = Object.values(recordOf(content.columns)).map(recordOf)
  return {
    metadata: {
      type: materialized === 'view' ? 'VIEW' : 'BASE TABLE',
      schema: content.schema ?? '',
      name: content.alias ?? name,
      database: content.database ?? null,
      comment: null,
      owner: null,
    },
    columns: Object.fromEntries(
      columns.map((column, index) => [
        String(column.name),
        {
          type: column.data_type ?? 'text',
          index: index + 1,
          name: String(column.name),
          comment: column.description || null,
        },
      ]),
    ),
    stats: {
      has_stats: {
        id: 'has_stats',
        label: 'Has Stats?',
        value: false,
        include: false,
        description: 'Indicates whether there are statistics for this table',
      },
    },
    unique_id: uniqueId,
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}
