import type { GraphNode } from '../graph/node-graph.ts'
import type { NodeRun } from '../script/schedule-nodes.ts'
import type { ScriptFile } from '../script/step-script.ts'
import { artifactMetadata, type Invocation, timeAt } from './invocation.ts'

/** run_results.json, with the results in the order in which the nodes ended. `offsetMs`: the first node's start. */
export function runResultsFile(
  invocation: Invocation,
  runs: readonly NodeRun[],
  { offsetMs, atMs }: { offsetMs: number; atMs: number },
): ScriptFile {
  const { command, simulation } = invocation
  const { target } = simulation.plan
  return json('run_results.json', {
    metadata: artifactMetadata(invocation, 'run-results/v6', atMs),
    results: runs.map((run) => ({ ...resultOf(run), ...timesOf(invocation, run, offsetMs) })),
    elapsed_time: Math.max(0, atMs - offsetMs) / 1000,
    args: {
      which: command.which,
      invocation_command: invocation.argv,
      select: command.select ?? [],
      exclude: command.exclude ?? [],
      indirect_selection: command.indirect ?? 'eager',
      resource_types: [],
      exclude_resource_types: [],
      vars: invocation.vars,
      threads: invocation.threads,
      // `dbt retry` uses it: one that is made up would make it fail.
      ...(target !== undefined && { target }),
      fail_fast: command.failFast,
      full_refresh: command.fullRefresh,
      write_json: true,
    },
  })
}

function resultOf({ node, status, message, behaviour }: NodeRun) {
  const isCode = node.type !== 'seed' && node.type !== 'exposure'
  const ran = status !== 'skipped'
  return {
    status,
    message,
    failures: ran ? behaviour.failures : null,
    adapter_response: ran ? behaviour.adapterResponse : {},
    unique_id: node.uniqueId,
    compiled: isCode ? ran : null,
    compiled_code: isCode && ran ? codeOf(node.content) : null,
    relation_name: isCode && node.type !== 'test' ? (node.content.relation_name ?? null) : null,
    batch_results: null,
  }
}

/** dbt compiles a node before it executes it; here that takes a hundredth of the node's time. */
export function timesOf(invocation: Invocation, { status, thread, startMs, endMs }: NodeRun, offsetMs: number) {
  const compiledMs = startMs + Math.round((endMs - startMs) / 100)
  const at = (ms: number) => timeAt(invocation, offsetMs + ms)
  return {
    timing:
      status === 'skipped'
        ? []
        : [
            { name: 'compile', started_at: at(startMs), completed_at: at(compiledMs) },
            { name: 'execute', started_at: at(compiledMs), completed_at: at(endMs) },
          ],
    thread_id: `Thread-${thread} (worker)`,
    execution_time: (endMs - startMs) / 1000,
  }
}

/** dbt writes these below compiled/ and run/. */
export function codeFiles(runs: readonly NodeRun[]): ScriptFile[] {
  return runs
    .filter(({ node, status }) => status !== 'skipped' && codeOf(node.content) !== '')
    .flatMap(({ node }) =>
      ['compiled', 'run'].map((folder) => ({ path: codePathOf(folder, node), content: `${codeOf(node.content)}\n` })),
    )
}

export function compiledPathOf(node: GraphNode): string {
  return codePathOf('compiled', node)
}

function codePathOf(folder: string, { file, name, packageName }: GraphNode): string {
  return `${folder}/${packageName}/${file.endsWith('.sql') ? file : `${file}/${name}.sql`}`
}

export function codeOf({ compiled_code: compiled, raw_code: raw }: NodeRun['node']['content']): string {
  return compiled ?? raw ?? ''
}

export function json(path: string, content: unknown): ScriptFile {
  return { path, content: JSON.stringify(content) }
}
