import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { NodeDescription, NodeReport } from '../../domain/runs/node-report.ts'
import { isHeld } from '../../queue/lease.ts'
import { storableJson } from '../../util/text/storable-json.ts'
import type { StepStore } from './step-writes.ts'

/** This part of a node's report is written. */
export interface StepNode {
  readonly step: number
  readonly node: NodeReport
}

interface KnownNode {
  readonly id: number
  readonly unique_id: string
  readonly digest: string
}

/**
 * Writes down what became of nodes. What a report leaves out stays as it was, so that it may be written again, or late.
 * Each id of dbt's is storable and comes once for a step. `ids` remembers the nodes' ids for the next reports of the run.
 */
export async function writeNodes(
  store: StepStore,
  nodes: readonly StepNode[],
  ids: Map<string, number>,
): Promise<void> {
  await findIds(store, nodes, ids)
  const rows = nodes.flatMap(({ step, node: { uniqueId, description: _, ...facts } }) => {
    const nodeId = ids.get(uniqueId)
    return nodeId === undefined ? [] : [{ step, node_id: nodeId, ...facts }] // undefined without the lease
  })
  if (rows.length === 0) return
  const upsert = sql`
    with given as (
      select * from jsonb_to_recordset(${storableJson(rows)}::jsonb) as given (
        step integer, node_id bigint, status text, "startedAt" timestamptz, "finishedAt" timestamptz,
        seconds double precision, "compileSeconds" double precision, "executeSeconds" double precision, thread text,
        "rowsAffected" bigint, "bytesProcessed" bigint, failures bigint, message text, "readyAt" timestamptz,
        "isCritical" boolean, failure jsonb
      )
      where ${isHeld(store.lease)}
    ), noted as (
      insert into run_failures (
        run_id, step_index, node_id, line, compiled_path, excerpt, skipped, exposures, exposure_count
      )
      select ${store.lease.runId}::bigint, step, node_id, cast(failure -> 'line' as integer), failure ->> 'compiledPath',
        failure -> 'excerpt', cast(failure -> 'skipped' as integer), failure -> 'exposures',
        cast(failure -> 'exposureCount' as integer)
      from given
      where failure is not null
      on conflict (run_id, step_index, node_id) do update set
        line = excluded.line, compiled_path = excluded.compiled_path, excerpt = excluded.excerpt,
        skipped = excluded.skipped, exposures = excluded.exposures, exposure_count = excluded.exposure_count
    )
    insert into run_nodes (
      run_id, step_index, node_id, status, started_at, finished_at, seconds, compile_seconds, execute_seconds, thread,
      rows_affected, bytes_processed, failures, message, ready_at, is_critical
    )
    select ${store.lease.runId}::bigint, step, node_id, status, "startedAt", "finishedAt", seconds, "compileSeconds",
      "executeSeconds", thread, "rowsAffected", "bytesProcessed", failures, message, "readyAt", coalesce("isCritical", false)
    from given
    on conflict (run_id, step_index, node_id) do update set
      status = excluded.status,
      started_at = coalesce(excluded.started_at, run_nodes.started_at),
      finished_at = coalesce(excluded.finished_at, run_nodes.finished_at),
      seconds = coalesce(excluded.seconds, run_nodes.seconds),
      compile_seconds = coalesce(excluded.compile_seconds, run_nodes.compile_seconds),
      execute_seconds = coalesce(excluded.execute_seconds, run_nodes.execute_seconds),
      thread = coalesce(excluded.thread, run_nodes.thread),
      rows_affected = coalesce(excluded.rows_affected, run_nodes.rows_affected),
      bytes_processed = coalesce(excluded.bytes_processed, run_nodes.bytes_processed),
      failures = coalesce(excluded.failures, run_nodes.failures),
      message = coalesce(excluded.message, run_nodes.message),
      ready_at = coalesce(excluded.ready_at, run_nodes.ready_at),
      is_critical = excluded.is_critical or run_nodes.is_critical
  `
  await store.persist(() => upsert.execute(store.db))
}

/** Most nodes of a run are those of the run before: they are read, and only what is new about them is written. */
async function findIds(store: StepStore, nodes: readonly StepNode[], ids: Map<string, number>): Promise<void> {
  const described = new Map(nodes.map(({ node }) => [node.uniqueId, describe(node)]))
  const unknown = [...described].filter(([uniqueId, { digest }]) => digest !== '' || !ids.has(uniqueId))
  if (unknown.length === 0) return
  const names = unknown.map(([uniqueId]) => uniqueId)
  const known = await store.persist(() => readNodes(store, names))
  const digests = new Map(known.map(({ unique_id, digest }) => [unique_id, digest]))
  const changed = unknown.filter(([uniqueId, { digest }]) => isNews(digest, digests.get(uniqueId)))
  const written =
    changed.length === 0
      ? []
      : await store.persist(() =>
          upsertNodes(
            store,
            changed.map(([, row]) => row),
          ),
        )
  for (const { id, unique_id } of [...known, ...written]) ids.set(unique_id, id)
}

/** An event's description is news only if nobody has heard of the node. */
function isNews(digest: string, known: string | undefined): boolean {
  return known === undefined || (digest !== '' && digest !== known)
}

async function readNodes({ db, lease }: StepStore, uniqueIds: readonly string[]): Promise<KnownNode[]> {
  const { rows } = await sql<KnownNode>`
    select nodes.id, nodes.unique_id, nodes.digest
    from nodes join runs on runs.project_id = nodes.project_id
    where runs.id = ${lease.runId} and nodes.unique_id = any(${uniqueIds}::text[])
  `.execute(db)
  return rows
}

interface NodeRow {
  readonly unique_id: string
  readonly digest: string
  readonly description: Partial<NodeDescription>
}

/** They are written in one order, so that runs which write the same nodes do not wait for each other in a circle. */
async function upsertNodes({ db, lease }: StepStore, rows: readonly NodeRow[]): Promise<KnownNode[]> {
  const written = await sql<KnownNode>`
    insert into nodes (project_id, unique_id, digest, name, resource_type, package_name, path, group_name, owner, tags)
    select runs.project_id, given.unique_id, given.digest, said.name, said."resourceType", said."packageName", said.path,
      said."group", said.owner, coalesce(said.tags, '[]')
    from jsonb_to_recordset(${storableJson(rows)}::jsonb) as given (unique_id text, digest text, description jsonb)
    cross join jsonb_to_record(given.description) as said (
      name text, "resourceType" text, "packageName" text, path text, "group" text, owner text, tags jsonb
    )
    join runs on runs.id = ${lease.runId} and ${isHeld(lease)}
    order by given.unique_id
    on conflict (project_id, unique_id) do update set
      digest = excluded.digest, name = excluded.name, resource_type = excluded.resource_type,
      package_name = excluded.package_name, path = excluded.path, group_name = excluded.group_name,
      owner = excluded.owner, tags = excluded.tags
      where excluded.digest <> '' or nodes.digest = ''
    returning id, unique_id, digest
  `.execute(db)
  return written.rows
}

/** A node whose events alone were heard has no digest: the next manifest says more of it. */
function describe({ uniqueId, description }: NodeReport): NodeRow {
  const [resourceType = 'node'] = uniqueId.split('.')
  const isWhole = description?.path !== undefined
  return {
    unique_id: uniqueId,
    digest: isWhole ? createHash('sha256').update(JSON.stringify(description)).digest('base64url') : '',
    description: description ?? { name: uniqueId, resourceType },
  }
}
