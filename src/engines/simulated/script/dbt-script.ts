import type { PlannedStep } from '../../../domain/runs/run-step.ts'
import type { SimulatedDuration, StepRule } from '../../../domain/scenarios/scenario.ts'
import { oneLine } from '../../../util/text/one-line.ts'
import type { Invocation } from '../files/invocation.ts'
import { manifestFile } from '../files/manifest-file.ts'
import type { GraphNode } from '../graph/node-graph.ts'
import { selectNodes } from '../graph/select-nodes.ts'
import type { CommandCall } from './command-call.ts'
import { freshnessScript } from './freshness-script.ts'
import { durationMs, mergeStepRules } from './merge-rules.ts'
import { nodesScript } from './nodes-script.ts'
import { usualFailure } from './setup-scripts.ts'
import { ScriptWriter, type StepScript } from './step-script.ts'
import { foundLine } from './summary-lines.ts'

const usualStart: SimulatedDuration = [0.8, 1.5]

/** Plays a dbt command; `resumedIds` are the nodes that `dbt retry` takes up again. */
export function dbtScript(
  invocation: Invocation,
  step: PlannedStep,
  resumedIds: ReadonlySet<string> | undefined,
): StepScript {
  const { simulation, command, argv, startedAt } = invocation
  const rule = mergeStepRules(simulation.scenario, step, simulation.attempt)
  const writer = new ScriptWriter(startedAt)
  const readyMs = durationMs(rule.duration, usualStart, simulation.random(`duration/${step.command}`))
  const hasNodes = command.kind !== 'none' && command.kind !== 'parse'
  const selected = hasNodes ? chooseNodes(invocation, resumedIds) : { nodes: [], remarks: [] }
  const mustFail = simulation.rules.mustFail && isFirstCommand(invocation, step)
  const call = { invocation, writer, readyMs, nodes: selected.nodes, mustFail }

  writer.say(0, `Running with dbt=${simulation.dbtVersion}`)
  writer.note(0, `running dbt with arguments ${JSON.stringify({ invocation_command: argv })}`)
  if (command.which !== 'deps') {
    writer.say(readyMs, `Registered adapter: ${simulation.adapter}=${simulation.dbtVersion}`)
    writer.say(readyMs, foundLine(simulation.graph))
  }
  const remarks = [...simulation.rules.remarks, ...command.remarks, ...selected.remarks]
  for (const remark of remarks) writer.say(readyMs, remark, { level: 'warn' })
  for (const line of rule.log ?? []) writer.say(readyMs, line)
  for (const line of rule.debug_log ?? []) writer.note(readyMs, line)

  const failsWhole = rule.outcome === 'error' || (mustFail && selected.nodes.length === 0)
  const script = failsWhole ? failedScript(call, rule) : commandScript(call)
  return { argv, ...script }
}

function commandScript(call: CommandCall): StepScript {
  const { writer, readyMs, invocation } = call
  const { command } = invocation
  switch (command.kind) {
    case 'run nodes':
    case 'compile':
      return nodesScript(call)
    case 'freshness':
      return freshnessScript(call)
    case 'list':
      for (const node of call.nodes) writer.print(readyMs, listedName(node))
      return plainScript(call)
    case 'parse':
      return plainScript(call)
    case 'none':
      writer.say(readyMs, `Simulated: \`${invocation.argv}\` does nothing.`)
      return plainScript(call)
  }
}

/** dbt fails before it comes to any node, as it does when it cannot reach the database. */
function failedScript({ writer, readyMs }: CommandCall, { message = usualFailure }: Partial<StepRule>): StepScript {
  writer.say(readyMs, 'Encountered an error:', { level: 'error' })
  writer.say(readyMs, message, { level: 'error' })
  return { lines: writer.lines, endMs: readyMs, end: { status: 'error', message: oneLine(message) }, files: () => [] }
}

function plainScript({ writer, readyMs, invocation }: CommandCall): StepScript {
  const writesManifest =
    invocation.command.kind !== 'none' || ['clone', 'show', 'run-operation'].includes(invocation.command.which)
  return {
    lines: writer.lines,
    endMs: readyMs,
    end: { status: 'success' },
    files: (untilMs) => (writesManifest && untilMs >= readyMs ? [manifestFile(invocation, readyMs)] : []),
  }
}

function chooseNodes({ simulation, command }: Invocation, resumedIds: ReadonlySet<string> | undefined) {
  const { ids, remarks } =
    resumedIds === undefined ? selectNodes(simulation.graph, command) : { ids: resumedIds, remarks: [] }
  const nodes = [...simulation.graph.nodes.values()].filter(
    ({ uniqueId, type, materialized }) => ids.has(uniqueId) && command.types.has(type) && materialized !== 'ephemeral',
  )
  return { nodes, remarks }
}

function isFirstCommand({ simulation }: Invocation, step: PlannedStep): boolean {
  return simulation.plan.steps.find(({ kind }) => kind === 'command')?.index === step.index
}

function listedName({ type, packageName, relation, name, fqn }: GraphNode): string {
  if (type === 'source') return `source:${packageName}.${relation}`
  return type === 'exposure' ? `exposure:${packageName}.${name}` : fqn.join('.')
}
