import type { Attempt } from '../../../domain/runs/attempt.ts'
import type { PlannedStep } from '../../../domain/runs/run-step.ts'
import type { NodeRule, Scenario, SimulatedDuration, StepRule } from '../../../domain/scenarios/scenario.ts'
import type { NodeGraph } from '../graph/node-graph.ts'
import { selectNodes } from '../graph/select-nodes.ts'
import type { RandomSource } from '../random.ts'

/** The scenario's rules for one execution of a job, with faults that are over by now left out. */
export interface MergedRules {
  readonly nodes: ReadonlyMap<string, NodeRule>
  /** It is true when `fail_first` asks for a failure and no rule says of what. */
  readonly mustFail: boolean
  /** Sentences about rules that have no effect. */
  readonly remarks: readonly string[]
}

export function attemptNumber({ count_from: from }: Scenario, attempt: Attempt | undefined): number {
  return (from === 'last_success' ? attempt?.sinceLastSuccess : attempt?.sinceFirstRun) ?? 1
}

export function mergeNodeRules(scenario: Scenario, graph: NodeGraph, attempt: number): MergedRules {
  const nodes = new Map<string, NodeRule>()
  const remarks: string[] = []
  for (const rule of scenario.nodes ?? []) {
    const selection = selectNodes(graph, { select: [rule.select], indirect: 'empty' })
    const unknown = selection.remarks.some((remark) => remark.startsWith('Not simulated'))
    if (unknown || selection.ids.size === 0) {
      remarks.push(
        `The scenario has a rule for '${rule.select}', which ${unknown ? 'cannot be simulated' : 'matches no node'}.`,
      )
      continue
    }
    const current = inForce(rule, scenario, attempt)
    for (const id of selection.ids) nodes.set(id, { ...nodes.get(id), ...current })
  }
  const rules = [...(scenario.nodes ?? []), ...(scenario.steps ?? [])]
  const mustFail = attempt <= (scenario.fail_first ?? 0) && !rules.some(isFault)
  return { nodes, mustFail, remarks }
}

export function mergeStepRules(scenario: Scenario, step: PlannedStep, attempt: number): Partial<StepRule> {
  const merged: Partial<StepRule> = {}
  for (const rule of scenario.steps ?? []) {
    if (matchesStep(rule.step, step)) Object.assign(merged, inForce(rule, scenario, attempt))
  }
  return merged
}

function matchesStep(pattern: string, { kind, command }: PlannedStep): boolean {
  if (pattern === kind || pattern === command) return true
  return pattern.endsWith('*') && command?.startsWith(pattern.slice(0, -1)) === true
}

type Fault = Pick<NodeRule, 'outcome' | 'fail_first'>

function isFault({ outcome, fail_first: failFirst }: Fault): boolean {
  return outcome === 'error' || outcome === 'fail' || (outcome === undefined && failFirst !== undefined)
}

/** The rule without its fault once the job has failed often enough; a rule with `fail_first` alone is an error. */
function inForce<Rule extends NodeRule | StepRule>(rule: Rule, scenario: Scenario, attempt: number): Rule {
  if (!isFault(rule)) return rule
  const failures = rule.fail_first ?? scenario.fail_first ?? Number.POSITIVE_INFINITY
  if (attempt <= failures) return { ...rule, outcome: rule.outcome ?? 'error' }
  return { ...rule, outcome: 'success' }
}

/** Gives the rule's time, or one between the two that is always the same for the same key. */
export function durationMs(
  rule: SimulatedDuration | undefined,
  usual: SimulatedDuration,
  random: () => number,
): number {
  const duration = rule ?? usual
  const [from, to] = typeof duration === 'number' ? [duration, duration] : duration
  return Math.round((from + (to - from) * random()) * 1000)
}

/** The node that fails when the scenario leaves the choice: the same one in a retry, which has fewer to choose from. */
export function chooseVictim(ids: readonly string[], key: string, random: RandomSource): string | undefined {
  const models = ids.filter((id) => id.startsWith('model.'))
  const candidates = models.length > 0 ? models : ids
  const lot = new Map(candidates.map((id) => [id, random(`${key}/victim/${id}`)()]))
  return candidates.toSorted((a, b) => (lot.get(a) ?? 0) - (lot.get(b) ?? 0))[0]
}
