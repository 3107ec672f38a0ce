import { largestOf } from '../../../util/largest-of.ts'
import { catalogFile } from '../files/catalog-file.ts'
import { timeAt } from '../files/invocation.ts'
import { manifestFile } from '../files/manifest-file.ts'
import { codeFiles, runResultsFile } from '../files/result-files.ts'
import type { GraphNode } from '../graph/node-graph.ts'
import { orderNodes } from '../graph/order-nodes.ts'
import type { CommandCall } from './command-call.ts'
import { explainFailures } from './explain-failures.ts'
import { chooseVictim } from './merge-rules.ts'
import { behaviourOf, type NodeBehaviour } from './node-behaviour.ts'
import { writeNodeLines } from './node-lines.ts'
import { nodeMoments } from './node-moments.ts'
import { type NodeRun, scheduleNodes } from './schedule-nodes.ts'
import type { StepScript } from './step-script.ts'
import { executedLine, writeSummary } from './summary-lines.ts'

/** dbt closes its connections and writes its artifacts. */
const closingMs = 50

/** Plays a command that works on nodes: build, run, test, seed, snapshot, compile, docs generate. */
export function nodesScript(call: CommandCall): StepScript {
  const { invocation, writer, readyMs, nodes } = call
  const { simulation, command, threads } = invocation
  const target = simulation.plan.target ?? 'default'
  if (nodes.length === 0) {
    writer.say(readyMs, 'Nothing to do. Try checking your model configs and model specification args')
    const files = () => [
      manifestFile(invocation, readyMs),
      runResultsFile(invocation, [], { offsetMs: readyMs, atMs: readyMs }),
    ]
    return { lines: writer.lines, endMs: readyMs, end: { status: 'success' }, files }
  }
  const isCompile = command.kind === 'compile'
  const runs = scheduleNodes({
    nodes,
    order: orderNodes(simulation.graph, nodes, command.which === 'build'),
    threads,
    failFast: command.failFast,
    behaviourOf: isCompile ? compileBehaviour(call) : runBehaviour(call),
  })
  const elapsedMs = largestOf(runs.map(({ endMs }) => endMs))
  const doneMs = readyMs + elapsedMs + closingMs
  writer.say(readyMs, '')
  writer.say(readyMs, `Concurrency: ${threads} threads (target='${target}')`)
  writer.say(readyMs, '')
  const failed = runs.filter(({ status }) => status === 'error' || status === 'fail')
  if (!isCompile) {
    writeNodeLines(writer, runs, readyMs)
    writer.say(doneMs, '')
    writer.say(doneMs, executedLine(runs, elapsedMs))
  }
  if (!isCompile || failed.length > 0) writeSummary(writer, doneMs, runs)
  if (command.which === 'generate' && failed.length === 0) {
    writer.say(doneMs, 'Building catalog')
    writer.say(doneMs, `Catalog written at ${timeAt(invocation, doneMs)}`)
  }
  const lines = writer.lines
  return {
    lines,
    nodes: nodeMoments(invocation, runs, readyMs),
    endMs: doneMs,
    end: failed.length === 0 ? { status: 'success' } : { status: 'error', message: explainFailures(failed) },
    files: (untilMs) => filesOf(call, runs, Math.min(untilMs, doneMs), doneMs),
  }
}

/** dbt that is stopped still writes down which nodes had ended. */
function filesOf({ invocation, readyMs }: CommandCall, runs: readonly NodeRun[], atMs: number, doneMs: number) {
  if (atMs < readyMs) return []
  const ended = runs.filter(({ endMs }) => readyMs + endMs <= atMs)
  const succeeded = atMs >= doneMs && !runs.some(({ status }) => status === 'error')
  return [
    manifestFile(invocation, atMs),
    runResultsFile(invocation, ended, { offsetMs: readyMs, atMs }),
    ...(invocation.command.which === 'generate' && succeeded ? [catalogFile(invocation, atMs)] : []),
    ...(invocation.simulation.scenario.compiled_files ? codeFiles(ended) : []),
  ]
}

function runBehaviour({ invocation, nodes, mustFail }: CommandCall): (node: GraphNode) => NodeBehaviour {
  const { rules, adapter, random } = invocation.simulation
  const ids = nodes.map(({ uniqueId }) => uniqueId)
  const victim = mustFail ? chooseVictim(ids, 'fail_first', random) : undefined
  return (node) => {
    const rule = rules.nodes.get(node.uniqueId)
    const own = node.uniqueId === victim ? { select: victim, ...rule, outcome: 'error' as const } : rule
    return behaviourOf(node, own, adapter, random(`node/${node.uniqueId}`))
  }
}

/** Only an error of compilation shows when nothing is executed. */
function compileBehaviour(call: CommandCall): (node: GraphNode) => NodeBehaviour {
  const { rules } = call.invocation.simulation
  const run = runBehaviour(call)
  return (node) => {
    const fails = rules.nodes.get(node.uniqueId)?.error_type === 'Compilation Error' || call.mustFail
    const behaviour = run(node)
    if (fails && behaviour.status === 'error') return { ...behaviour, durationMs: 0 }
    return { ...behaviour, status: 'success', message: null, failures: null, adapterResponse: {}, durationMs: 0 }
  }
}
