import { mostCodeLine, mostExposures, type NodeFailure, type NodeReport } from '../../../domain/runs/node-report.ts'
import { withoutUndefined } from '../../../util/objects/without-undefined.ts'
import { codeExcerpt, lineInSource } from '../../steps/nodes/code-excerpt.mjs'
import { type Affected, type RunGraph, runGraph } from '../../steps/nodes/run-graph.mjs'
import { type Invocation, timeAt } from '../files/invocation.ts'
import { codeOf, compiledPathOf, timesOf } from '../files/result-files.ts'
import { isTest } from '../graph/node-graph.ts'
import type { NodeRun } from './schedule-nodes.ts'
import type { ScriptNode } from './step-script.ts'

/** The starts and ends of nodes in the order of time; the first node starts `offsetMs` into the step. */
export function nodeMoments(invocation: Invocation, runs: readonly NodeRun[], offsetMs: number): ScriptNode[] {
  const graph = graphOf(invocation, runs, offsetMs)
  const moments = runs.flatMap((run) => [
    ...(isShown(run) ? [{ atMs: offsetMs + run.startMs, node: startOf(invocation, run, offsetMs) }] : []),
    { atMs: offsetMs + run.endMs, node: { ...endOf(invocation, run, offsetMs), ...placeOf(invocation, run, graph) } },
  ])
  return moments.sort((one, other) => one.atMs - other.atMs)
}

/** A step's script is known before it begins: real dbt's is known after its end. */
function graphOf(invocation: Invocation, runs: readonly NodeRun[], offsetMs: number): RunGraph {
  const worked = new Map(runs.map((run) => [run.node.uniqueId, endOf(invocation, run, offsetMs)]))
  const nodes = [...invocation.simulation.graph.nodes.values()]
  return runGraph(
    new Map(
      nodes.map((node) => {
        const { status, seconds, finishedAt } = worked.get(node.uniqueId) ?? {}
        const kind = { isTest: isTest(node), isExposure: node.type === 'exposure', name: node.name }
        return [node.uniqueId, { dependsOn: node.parents, ...kind, status, seconds, finishedAt }]
      }),
    ),
  )
}

function placeOf(invocation: Invocation, run: NodeRun, graph: RunGraph): Partial<NodeReport> {
  const { uniqueId } = run.node
  const { readyAt, isCritical } = graph.placeOf(uniqueId)
  const isFailed = run.status === 'error' || run.status === 'fail'
  return {
    isCritical,
    ...(readyAt !== undefined && { readyAt }),
    ...(isFailed && { failure: { ...failureOf(invocation, run), ...graph.affectedBy(uniqueId, mostExposures) } }),
  }
}

function failureOf({ simulation }: Invocation, { node, message }: NodeRun): Omit<NodeFailure, keyof Affected> {
  const excerpt = codeExcerpt('compiled', codeOf(node.content), message ?? '', mostCodeLine)
  return withoutUndefined({
    excerpt,
    line: lineInSource(node.content.raw_code ?? undefined, excerpt),
    compiledPath: simulation.scenario.compiled_files ? compiledPathOf(node) : undefined,
  })
}

/** dbt tells only the end of a node that it skips. */
function isShown({ status }: NodeRun): boolean {
  return status !== 'skipped' && status !== 'no-op'
}

function startOf(invocation: Invocation, run: NodeRun, offsetMs: number): NodeReport {
  return {
    uniqueId: run.node.uniqueId,
    status: 'running',
    description: descriptionOf(run),
    startedAt: timeAt(invocation, offsetMs + run.startMs),
    thread: timesOf(invocation, run, offsetMs).thread_id,
  }
}

function endOf(invocation: Invocation, run: NodeRun, offsetMs: number): NodeReport {
  const { timing, thread_id, execution_time } = timesOf(invocation, run, offsetMs)
  const [compile, execute] = timing
  const { behaviour, message, status } = run
  const rows = Number(behaviour.adapterResponse.rows_affected ?? Number.NaN)
  return {
    ...{ uniqueId: run.node.uniqueId, status, description: descriptionOf(run), thread: thread_id },
    seconds: execution_time,
    ...(compile && { startedAt: compile.started_at, compileSeconds: secondsOf(compile) }),
    ...(execute && { finishedAt: execute.completed_at, executeSeconds: secondsOf(execute) }),
    ...(isShown(run) && Number.isSafeInteger(rows) && { rowsAffected: rows }),
    ...(isShown(run) && behaviour.failures !== null && { failures: behaviour.failures }),
    ...(message !== null && { message }),
  }
}

function secondsOf({ started_at, completed_at }: { started_at: string; completed_at: string }): number {
  return (Date.parse(completed_at) - Date.parse(started_at)) / 1000
}

function descriptionOf({ node: { name, type, packageName, file, tags, content } }: NodeRun) {
  const group = content.group ?? content.config?.group
  return {
    ...{ name, resourceType: type, tags },
    ...withoutUndefined({
      packageName: packageName || undefined,
      path: file || undefined,
      group: typeof group === 'string' ? group : undefined,
    }),
  }
}
