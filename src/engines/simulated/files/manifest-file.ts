import type { Manifest } from '../../../domain/scenarios/manifest.ts'
import type { NodeGraph } from '../graph/node-graph.ts'
import type { ScriptFile } from '../script/step-script.ts'
import { artifactMetadata, type Invocation } from './invocation.ts'

const emptyParts = {
  macros: {},
  docs: {},
  exposures: {},
  metrics: {},
  groups: {},
  selectors: {},
  disabled: {},
  group_map: {},
  saved_queries: {},
  semantic_models: {},
  unit_tests: {},
  functions: {},
}

/** A manifest without its metadata is the same for all invocations of a run, and large. */
const bodies = new WeakMap<Manifest, string>()

export function manifestFile(invocation: Invocation, atMs: number): ScriptFile {
  const { manifest, graph, adapter } = invocation.simulation
  const metadata = {
    project_id: null,
    user_id: null,
    send_anonymous_usage_stats: false,
    ...manifest.metadata,
    adapter_type: adapter,
    ...artifactMetadata(invocation, 'manifest/v12', atMs),
    // A manifest of an older dbt is passed on as it is.
    ...(typeof manifest.metadata.dbt_schema_version === 'string' && {
      dbt_schema_version: manifest.metadata.dbt_schema_version,
    }),
  }
  const body = bodies.get(manifest) ?? bodyOf(manifest, graph)
  bodies.set(manifest, body)
  return { path: 'manifest.json', content: `{"metadata": ${JSON.stringify(metadata)}, ${body.slice(1)}` }
}

function bodyOf({ metadata: _metadata, ...manifest }: Manifest, graph: NodeGraph): string {
  const ids = [...graph.nodes.keys()]
  return JSON.stringify({
    ...emptyParts,
    parent_map: Object.fromEntries(ids.map((id) => [id, graph.nodes.get(id)?.parents ?? []])),
    child_map: Object.fromEntries(ids.map((id) => [id, graph.children.get(id) ?? []])),
    ...manifest,
    sources: manifest.sources ?? {},
  })
}
