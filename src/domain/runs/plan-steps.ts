import type { PlannedStep, StepKind } from './run-step.ts'

export interface StepSettings {
  /** Named in the profile step. */
  readonly connectionName: string
  readonly schemaOverride?: string
  readonly commands: readonly string[]
  /** The job's checkbox "run source freshness": before the commands, and never breaks them. */
  readonly freshness: boolean
  /** The job's checkbox "generate docs" adds it after the commands. */
  readonly docs: boolean
}

/** A step of the run that is being retried. */
export interface EarlierStep {
  readonly index: number
  readonly kind: StepKind
  readonly status: string
  readonly name: string
  readonly command: string | null
}

type UnnumberedStep = Omit<PlannedStep, 'index'>

/** The steps of a plain run, in order. */
export function planSteps(settings: StepSettings): PlannedStep[] {
  return numbered([
    ...preparation(settings),
    ...(settings.freshness ? [dbtStep('freshness', 'dbt source freshness')] : []),
    ...settings.commands.map((command) => dbtStep('command', command)),
    ...(settings.docs ? [dbtStep('docs', 'dbt docs generate')] : []),
  ])
}

/**
 * The steps of a run that resumes an earlier one: preparation, the failed command (by `dbt retry` if `resumable`),
 * then what had been skipped. When not a command had failed, everything is done from the start.
 */
export function planRetrySteps(
  settings: StepSettings,
  earlier: readonly EarlierStep[],
  resumable: boolean,
): PlannedStep[] {
  const failed = failedCommandOf(earlier)
  if (failed === undefined) return planSteps(settings)
  const skipped = earlier.filter((step) => step.index > failed.index && step.command !== null)
  return numbered([
    ...preparation(settings),
    { ...dbtStep('command', failed.command), ...(resumable && { resumes: true }) },
    ...skipped.map((step) => dbtStep(step.kind, step.command ?? '')),
  ])
}

/** The step at which a run failed, if that was one of the job's commands. */
export function failedCommandOf(steps: readonly EarlierStep[]): (EarlierStep & { command: string }) | undefined {
  for (const step of steps) {
    if (step.status !== 'error' || step.kind === 'freshness' || step.kind === 'docs') continue
    return step.kind === 'command' && step.command !== null ? { ...step, command: step.command } : undefined
  }
  return undefined
}

function preparation({ connectionName, schemaOverride }: StepSettings): UnnumberedStep[] {
  const override = schemaOverride === undefined ? '' : ` (override schema to '${schemaOverride}')`
  return [
    { kind: 'clone', name: 'Clone git repository' },
    { kind: 'profile', name: `Create profile from connection ${connectionName}${override}` },
    dbtStep('deps', 'dbt deps'),
  ]
}

function dbtStep(kind: StepKind, command: string): UnnumberedStep {
  return { kind, name: `Invoke dbt with \`${command}\``, command }
}

function numbered(steps: readonly UnnumberedStep[]): PlannedStep[] {
  return steps.map((step, position) => ({ index: position + 1, ...step }))
}
