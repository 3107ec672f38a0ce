import type { NodeReport } from '../../../domain/runs/node-report.ts'
import { withoutUndefined } from '../../../util/objects/without-undefined.ts'
import { type Invocation, timeAt } from '../files/invocation.ts'
import { timesOf } from '../files/result-files.ts'
import type { NodeRun } from './schedule-nodes.ts'
import type { ScriptNode } from './step-script.ts'

/** The starts and ends of nodes in the order of time; the first node starts `offsetMs` into the step. */
export function nodeMoments(invocation: Invocation, runs: readonly NodeRun[], offsetMs: number): ScriptNode[] {
  const moments = runs.flatMap((run) => [
    ...(isShown(run) ? [{ atMs: offsetMs + run.startMs, node: startOf(invocation, run, offsetMs) }] : []),
    { atMs: offsetMs + run.endMs, node: endOf(invocation, run, offsetMs) },
  ])
  return moments.sort((one, other) => one.atMs - other.atMs)
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
