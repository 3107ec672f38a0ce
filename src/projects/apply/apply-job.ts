import { sql } from 'kysely'
import { jobColumns } from '../../db/job-columns.ts'
import type { JobRow } from '../../db/schema.ts'
import { defaultJobSettings, type JobCompletionTrigger, type JobSettings } from '../../domain/job.ts'
import { givenTypeOf } from '../../domain/job-derivations.ts'
import { field, isMapping } from '../../util/mapping.ts'
import { withoutNull } from '../../util/without-null.ts'
import { jobScheduleOf } from '../document/job-schedule.ts'
import type { JobDocument } from '../document/job-schema.ts'
import type { NamedThing, NamedThings } from '../references/named-things.ts'
import { chosenId, known, type ParentProject } from './apply-environment.ts'
import { type ApplyRun, addEntry, revival } from './apply-run.ts'
import type { JobTarget } from './match-targets.ts'
import { changesBetween, type PlanChange } from './plan.ts'
import { scenarioOf, simulationChanges } from './simulation.ts'
import { variableChanges, variablesOf, writeVariables } from './variables.ts'

export interface ParentEnvironment extends ParentProject {
  readonly project: ParentProject
}

function jobSettings(input: JobDocument, completion: JobCompletionTrigger | null): JobSettings {
  const { settings, execution, triggers, schedule, ...given } = input
  return {
    name: input.name,
    ...defaultJobSettings,
    ...withoutNull({
      description: given.description,
      dbt_version: given.dbt_version,
      engine: given.engine,
      execute_steps: given.execute_steps,
      timeout_seconds: execution?.timeout_seconds,
      threads: settings?.threads,
      target_name: settings?.target_name,
      trigger_schedule: triggers?.schedule,
      trigger_github_webhook: triggers?.github_webhook,
      trigger_git_provider_webhook: triggers?.git_provider_webhook,
      trigger_on_merge: triggers?.on_merge,
      generate_docs: given.generate_docs,
      run_generate_sources: given.run_generate_sources,
      run_compare_changes: given.run_compare_changes,
      compare_changes_flags: given.compare_changes_flags,
      run_lint: given.run_lint,
      errors_on_lint_failure: given.errors_on_lint_failure,
      deferring_job_definition_id: given.deferring_job_definition_id,
      deferring_environment_id: given.deferring_environment_id,
      lifecycle_webhooks: given.lifecycle_webhooks,
      lifecycle_webhooks_url: given.lifecycle_webhooks_url,
      triggers_on_draft_pr: given.triggers_on_draft_pr,
      cost_optimization_features: given.cost_optimization_features,
    }),
    schedule: schedule ? jobScheduleOf(schedule) : null,
    job_completion_trigger: completion,
  }
}

const labels = {
  timeout_seconds: 'execution.timeout_seconds',
  threads: 'settings.threads',
  target_name: 'settings.target_name',
  trigger_schedule: 'triggers.schedule',
  trigger_github_webhook: 'triggers.github_webhook',
  trigger_git_provider_webhook: 'triggers.git_provider_webhook',
  trigger_on_merge: 'triggers.on_merge',
  job_completion_trigger: 'job_completion_trigger_condition',
}

export async function applyJob(
  run: ApplyRun,
  { input, row, note }: JobTarget,
  environment: ParentEnvironment,
  projectIdOf: (jobId: number) => number,
): Promise<void> {
  const { project } = environment
  const settings = jobSettings(input, completionOf(input, projectIdOf))
  const scenario = scenarioOf(input)
  const type = givenTypeOf({ ...settings, job_type: input.job_type ?? '' })
  const owned = row ? variablesOf(run, { projectId: project.id, jobId: row.id }) : []
  const variables = variableChanges(run, owned, input.environment_variables)
  const rowChanges = [
    ...revival(row),
    ...movement(run, row, environment),
    ...changesBetween({ ...(row ?? jobSettings({ name: input.name }, null)) }, { ...settings }, labels),
    ...simulationChanges(row, input),
    ...changesBetween({ job_type: row ? givenTypeOf(row) : null }, { job_type: type }),
  ]
  const id = run.dryRun ? (row?.id ?? input.id ?? undefined) : await write()
  addEntry(run, {
    kind: 'job',
    id,
    name: input.name,
    within: [project.name, environment.name],
    isNew: !row,
    changes: [
      ...rowChanges.map((change) => nameOfNew(run.things, change)),
      ...variables.map((variable) => variable.shown),
    ],
    note,
  })
  if (!run.dryRun) await writeVariables(run, { projectId: project.id, jobId: id }, variables)

  async function write(): Promise<number> {
    if (row && rowChanges.length === 0) return row.id
    const stored = {
      ...jobColumns(settings, { given: type, before: row, now: run.state.now }),
      environment_id: known(environment.id),
      simulation: scenario && JSON.stringify(scenario),
    }
    if (row) {
      const update = { ...stored, state: 1, updated_at: sql<Date>`now()` }
      await run.tx.updateTable('jobs').set(update).where('id', '=', row.id).execute()
      return row.id
    }
    const inserted = await run.tx
      .insertInto('jobs')
      .values({ ...chosenId(input.id), account_id: run.accountId, project_id: known(project.id), ...stored })
      .returning('id')
      .executeTakeFirstOrThrow()
    return inserted.id
  }
}

function completionOf(input: JobDocument, projectIdOf: (jobId: number) => number): JobCompletionTrigger | null {
  const condition = input.job_completion_trigger_condition?.condition
  if (!condition?.job_id) return null
  const { job_id, statuses } = condition
  return { condition: { job_id, project_id: condition.project_id ?? projectIdOf(job_id), statuses } }
}

function movement(run: ApplyRun, row: JobRow | undefined, environment: ParentEnvironment): PlanChange[] {
  if (!row || row.environment_id === environment.id) return []
  const from = run.state.environments.get(row.environment_id)?.name ?? row.environment_id
  return [{ key: 'environment', from, to: environment.name }]
}

/** A dry run has no ids of what it would create: the plan calls a job by its name instead. */
function nameOfNew({ jobs, environments }: NamedThings, change: PlanChange): PlanChange {
  const nameIn = (things: readonly NamedThing[], id: number) => things.find((each) => each.id === id)?.names.join('/')
  const { key, to } = change
  if (typeof to === 'number' && to < 0) {
    return { ...change, to: nameIn(key === 'deferring_environment_id' ? environments : jobs, to) }
  }
  const condition = field(to, 'condition')
  const awaited = field(condition, 'job_id')
  if (!isMapping(condition) || typeof awaited !== 'number' || awaited > 0) return change
  const { job_id: _id, project_id: _project, ...rest } = condition
  return { ...change, to: { condition: { job: nameIn(jobs, awaited), ...rest } } }
}
