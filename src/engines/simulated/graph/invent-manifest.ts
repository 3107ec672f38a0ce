import type { Manifest, ManifestNode } from '../../../domain/scenarios/manifest.ts'
import type { GraphDocument, GraphNodeDocument } from '../../../domain/scenarios/scenario.ts'
import type { RunPlan } from '../../run-engine.ts'
import { StepFailure } from '../../steps/step-failure.ts'
import { commitOf } from '../random.ts'
import { defaultGraph, layeredGraph } from './default-graph.ts'

/** The invented relations lie here. */
interface Place {
  readonly project: string
  readonly adapter: string
  readonly database: string
  readonly schema: string
}

/** Invents a manifest for a project that exists in the scenario only. Throws a StepFailure when its nodes do not fit together. */
export function inventManifest(asked: GraphDocument | undefined, plan: RunPlan): Manifest {
  const graph = asked ?? defaultGraph
  const documents = graph.nodes ?? (graph.models === undefined ? (defaultGraph.nodes ?? []) : layeredGraph(graph))
  const place = placeOf(graph.project ?? defaultGraph.project ?? 'simulated', plan)
  const ids = new Map(documents.map((node) => [referenceOf(node), uniqueIdOf(node, place.project)]))
  if (ids.size < documents.length) throw new StepFailure("Two nodes of the scenario's graph have the same name.")
  const nodes = documents.map((node) => describeNode(node, ids, place))
  const ofType = (...types: string[]) =>
    Object.fromEntries(
      nodes.filter(({ resource_type }) => types.includes(resource_type)).map((node) => [node.unique_id, node]),
    )
  return {
    metadata: { project_name: place.project, adapter_type: place.adapter },
    nodes: ofType('model', 'seed', 'snapshot', 'test'),
    sources: ofType('source'),
    exposures: ofType('exposure'),
  }
}

function placeOf(project: string, { profile, schema }: RunPlan): Place {
  const details = profile.kind === 'connection' ? profile.connection.details : {}
  const text = (...keys: string[]) => keys.map((key) => details[key]).find((value) => typeof value === 'string')
  return {
    project,
    adapter: profile.kind === 'connection' ? profile.connection.type : 'postgres',
    database: String(text('dbname', 'database', 'catalog', 'project') ?? project),
    schema: schema ?? String(text('schema', 'dataset') ?? 'analytics'),
  }
}

/** Other nodes refer to it by this name. */
function referenceOf({ name, resource_type: type, source }: GraphNodeDocument): string {
  return type === 'source' ? `${source ?? 'raw'}.${name}` : name
}

function uniqueIdOf(node: GraphNodeDocument, project: string): string {
  return `${node.resource_type ?? 'model'}.${project}.${referenceOf(node)}`
}

function describeNode(node: GraphNodeDocument, ids: ReadonlyMap<string, string>, place: Place): ManifestNode {
  const parents = (node.depends_on ?? []).map((name) => {
    const id = ids.get(name)
    if (id !== undefined) return id
    throw new StepFailure(`The scenario's node ${node.name} depends on ${name}, which is not in its graph.`)
  })
  const type = node.resource_type ?? 'model'
  const file = node.path ?? defaultPath(type, node.name)
  const materialized = type === 'model' ? (node.materialized ?? 'view') : type
  const schema = type === 'source' ? (node.source ?? 'raw') : place.schema
  const relation = `"${place.database}"."${schema}"."${node.name}"`
  const code = `select * from ${(node.depends_on ?? []).join(', ') || 'nothing'}`
  return {
    unique_id: uniqueIdOf(node, place.project),
    name: node.name,
    resource_type: type,
    package_name: place.project,
    database: place.database,
    schema,
    alias: node.name,
    path: file.split('/').slice(1).join('/'),
    original_file_path: file,
    fqn: [
      place.project,
      ...file.split('/').slice(1, -1),
      ...(type === 'source' ? [node.source ?? 'raw'] : []),
      node.name,
    ],
    checksum: { name: 'sha256', checksum: commitOf(code) },
    tags: node.tags ?? [],
    description: '',
    columns: {},
    meta: {},
    created_at: 1_767_225_600, // the first second of 2026: artifacts must not differ from run to run
    relation_name: type === 'test' || type === 'exposure' ? null : relation,
    config: { enabled: true, materialized, tags: node.tags ?? [], meta: {}, severity: 'ERROR' },
    depends_on: { macros: [], nodes: parents },
    refs: [],
    sources: [],
    ...(type !== 'source' &&
      type !== 'exposure' && { raw_code: code, compiled_code: code, compiled: true, language: 'sql' }),
    ...(type === 'source' && sourceParts(node)),
    ...(type === 'exposure' && { type: 'dashboard', owner: { name: null, email: null } }),
  }
}

function sourceParts({ name, source = 'raw' }: GraphNodeDocument) {
  return {
    source_name: source,
    source_description: '',
    loader: '',
    identifier: name,
    loaded_at_field: 'loaded_at',
    freshness: {
      warn_after: { count: 12, period: 'hour' },
      error_after: { count: 24, period: 'hour' },
      filter: null,
    },
  }
}

function defaultPath(type: string, name: string): string {
  switch (type) {
    case 'seed':
      return `seeds/${name}.csv`
    case 'snapshot':
      return `snapshots/${name}.sql`
    case 'test':
      return `tests/${name}.sql`
    case 'source':
      return 'models/_sources.yml'
    case 'exposure':
      return 'models/_exposures.yml'
    default:
      return `models/${name}.sql`
  }
}
