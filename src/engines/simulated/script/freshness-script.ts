import { largestOf } from '../../../util/largest-of.ts'
import { failureSentence } from '../../steps/failure-sentence.ts'
import { artifactMetadata, type Invocation, timeAt } from '../files/invocation.ts'
import { manifestFile } from '../files/manifest-file.ts'
import { json, timesOf } from '../files/result-files.ts'
import type { GraphNode } from '../graph/node-graph.ts'
import type { CommandCall } from './command-call.ts'
import { chooseVictim } from './merge-rules.ts'
import { eachMoment, levelOf, progressLine, secondsOf, threadName } from './node-lines.ts'
import { nodeMoments } from './node-moments.ts'
import { type NodeRun, scheduleNodes } from './schedule-nodes.ts'
import { freshnessOf, type SourceBehaviour, sourceBehaviour } from './source-freshness.ts'
import type { StepScript } from './step-script.ts'
import { finishedLine } from './summary-lines.ts'

/** Plays `dbt source freshness`. */
export function freshnessScript(call: CommandCall): StepScript {
  const { invocation, writer, readyMs } = call
  const behaviours = new Map(behavioursOf(call))
  const nodes = call.nodes.filter(({ uniqueId }) => behaviours.has(uniqueId))
  if (nodes.length === 0)
    writer.say(readyMs, 'Nothing to do. Try checking your model configs and model specification args')
  const runs = scheduleNodes({
    nodes,
    order: new Map(nodes.map(({ uniqueId }) => [uniqueId, new Set<string>()])),
    threads: invocation.threads,
    failFast: false,
    behaviourOf: ({ uniqueId }) => behaviourIn(behaviours, uniqueId),
  })
  const elapsedMs = largestOf(runs.map(({ endMs }) => endMs))
  const endMs = readyMs + elapsedMs
  writeSourceLines(call, runs)
  const stale = runs.filter(({ status }) => status === 'error')
  const many = runs.length === 1 ? 'source' : 'sources'
  if (runs.length > 0) writer.say(endMs, finishedLine(`${runs.length} ${many}`, elapsedMs))
  for (const { node } of stale) writer.say(endMs, `Failure in source ${node.name} (${node.file})`, { level: 'error' })
  writer.say(endMs, 'Done.')
  const resultsUntil = (atMs: number) =>
    runs
      .filter((run) => readyMs + run.endMs <= atMs)
      .map((run) => resultOf(invocation, run, behaviourIn(behaviours, run.node.uniqueId), readyMs))
  const failures = stale.map((run) => ({
    type: 'source',
    name: run.node.name,
    isFinding: true,
    reason: '',
    sentence: staleMessage(invocation, run, behaviourIn(behaviours, run.node.uniqueId), readyMs),
  }))
  return {
    lines: writer.lines,
    nodes: nodeMoments(invocation, runs, readyMs),
    endMs,
    end: failures.length === 0 ? { status: 'success' } : { status: 'error', message: failureSentence(failures) },
    files: (untilMs) =>
      untilMs < readyMs
        ? []
        : [
            manifestFile(invocation, untilMs),
            json('sources.json', {
              metadata: artifactMetadata(invocation, 'sources/v3', untilMs),
              results: resultsUntil(untilMs),
              elapsed_time: elapsedMs / 1000,
            }),
          ],
  }
}

function behavioursOf({ invocation, nodes, mustFail }: CommandCall): [string, SourceBehaviour][] {
  const { rules, random } = invocation.simulation
  const checked = nodes.flatMap((node) => {
    const limits = freshnessOf(node)
    return limits === undefined ? [] : [{ id: node.uniqueId, limits }]
  })
  const ids = checked.map(({ id }) => id)
  const victim = mustFail ? chooseVictim(ids, 'fail_first', random) : undefined
  return checked.map(({ id, limits }) => {
    const rule = rules.nodes.get(id)
    const own = id === victim ? { select: id, ...rule, outcome: 'error' as const } : rule
    return [id, sourceBehaviour(limits, own, random(`node/${id}`))]
  })
}

function behaviourIn(behaviours: ReadonlyMap<string, SourceBehaviour>, id: string): SourceBehaviour {
  const behaviour = behaviours.get(id)
  if (behaviour === undefined) throw new Error(`The source ${id} has no behaviour.`)
  return behaviour
}

function writeSourceLines({ writer, readyMs }: CommandCall, runs: readonly NodeRun[]): void {
  eachMoment(runs, {
    onStart: (run) => {
      const line = progressLine(run.index, runs.length, `START freshness of ${run.node.relation}`, 'RUN')
      writer.say(readyMs + run.startMs, line, { thread: threadName(run) })
    },
    onEnd: (run) => {
      const atMs = readyMs + run.endMs
      const thread = threadName(run)
      const label = run.status === 'error' ? 'ERROR STALE' : run.status.toUpperCase()
      const what = `${label} freshness of ${run.node.relation}`
      for (const line of run.behaviour.log) writer.say(atMs, line, { thread })
      for (const line of run.behaviour.debugLog) writer.note(atMs, line, { thread })
      const line = progressLine(run.index, runs.length, what, `${label} in ${secondsOf(run)}s`)
      writer.say(atMs, line, { level: levelOf(run), thread })
    },
  })
}

function newestRow(invocation: Invocation, run: NodeRun, { ageSeconds }: SourceBehaviour, offsetMs: number): string {
  return timeAt(invocation, offsetMs + run.endMs - ageSeconds * 1000).replace('Z', '+00:00')
}

function staleMessage(invocation: Invocation, run: NodeRun, behaviour: SourceBehaviour, offsetMs: number): string {
  return `Source ${run.node.relation} is stale: its newest row is from ${newestRow(invocation, run, behaviour, offsetMs)}`
}

function resultOf(invocation: Invocation, run: NodeRun, behaviour: SourceBehaviour, offsetMs: number) {
  return {
    unique_id: run.node.uniqueId,
    max_loaded_at: newestRow(invocation, run, behaviour, offsetMs),
    snapshotted_at: timeAt(invocation, offsetMs + run.endMs).replace('Z', '+00:00'),
    max_loaded_at_time_ago_in_s: behaviour.ageSeconds,
    status: run.status,
    criteria: criteriaOf(run.node),
    adapter_response: behaviour.adapterResponse,
    ...timesOf(invocation, run, offsetMs),
  }
}

function criteriaOf({ content }: GraphNode): unknown {
  return content.freshness ?? content.config?.freshness ?? {}
}
