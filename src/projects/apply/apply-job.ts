import { sql } from 'kysely'
import type { JobRow } from '../../db/schema.ts'
import { nextFireTime } from '../../domain/cron.ts'
import { cronOfSchedule } from '../../domain/cron-of-schedule.ts'
import { type JobCompletionTrigger, jobTypeOf } from '../../domain/job.ts'
import { jobScheduleOf } from '../document/job-schedule.ts'
import type { JobDocument } from '../document/job-schema.ts'
import { chosenId, known, type ParentProject } from './apply-environment.ts'
import { type ApplyRun, addEntry, revival } from './apply-run.ts'
import type { JobTarget } from './match-targets.ts'
import { changesBetween, type PlanChange } from './plan.ts'
import { variableChanges, variablesOf, writeVariables } from './variables.ts'

export interface ParentEnvironment extends ParentProject {
  readonly project: ParentProject
}

function jobSettings(input: JobDocument, completion: JobCompletionTrigger | null) {
  return {
    name: input.name,
    description: input.description ?? '',
    dbt_version: input.dbt_version ?? null,
    engine: input.engine ?? null,
    execute_steps: input.execute_steps ?? [],
    timeout_seconds: input.execution?.timeout_seconds ?? 0,
    threads: input.settings?.threads ?? null,
    target_name: input.settings?.target_name ?? null,
    trigger_schedule: input.triggers?.schedule ?? false,
    trigger_github_webhook: input.triggers?.github_webhook ?? false,
    trigger_git_provider_webhook: input.triggers?.git_provider_webhook ?? false,
    trigger_on_merge: input.triggers?.on_merge ?? false,
    schedule: input.schedule ? jobScheduleOf(input.schedule) : null,
    generate_docs: input.generate_docs ?? false,
    run_generate_sources: input.run_generate_sources ?? false,
    run_compare_changes: input.run_compare_changes ?? false,
    compare_changes_flags: input.compare_changes_flags ?? '--select state:modified',
    run_lint: input.run_lint ?? false,
    errors_on_lint_failure: input.errors_on_lint_failure ?? true,
    deferring_job_definition_id: input.deferring_job_definition_id ?? null,
    deferring_environment_id: input.deferring_environment_id ?? null,
    lifecycle_webhooks: input.lifecycle_webhooks ?? false,
    lifecycle_webhooks_url: input.lifecycle_webhooks_url ?? null,
    triggers_on_draft_pr: input.triggers_on_draft_pr ?? false,
    job_completion_trigger: completion,
    cost_optimization_features: input.cost_optimization_features ?? [],
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
  const owned = row ? variablesOf(run, { projectId: project.id, jobId: row.id }) : []
  const variables = variableChanges(run, owned, input.environment_variables)
  const rowChanges = [
    ...revival(row),
    ...movement(run, row, environment),
    ...changesBetween(row ?? jobSettings({ name: input.name }, null), settings, labels),
  ]
  const id = run.dryRun ? (row?.id ?? input.id ?? undefined) : await write()
  addEntry(run, {
    kind: 'job',
    id,
    name: input.name,
    within: [project.name, environment.name],
    isNew: !row,
    changes: [...rowChanges, ...variables.map((variable) => variable.shown)],
    note,
  })
  if (!run.dryRun) await writeVariables(run, { projectId: project.id, jobId: id }, variables)

  async function write(): Promise<number> {
    if (row && rowChanges.length === 0) return row.id
    const cron = (settings.schedule && cronOfSchedule(settings.schedule)) ?? null
    const stored = {
      ...settings,
      schedule: settings.schedule && JSON.stringify(settings.schedule),
      job_completion_trigger: settings.job_completion_trigger && JSON.stringify(settings.job_completion_trigger),
      job_type: jobTypeOf({
        schedule: settings.trigger_schedule,
        githubWebhook: settings.trigger_github_webhook,
        gitProviderWebhook: settings.trigger_git_provider_webhook,
        onMerge: settings.trigger_on_merge,
      }),
      schedule_cron: cron,
      next_run_at: nextRunAt(run, row, settings.trigger_schedule ? cron : null),
      environment_id: known(environment.id),
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
  if (!condition) return null
  const { job_id, statuses } = condition
  return { condition: { job_id, project_id: condition.project_id ?? projectIdOf(job_id), statuses } }
}

function movement(run: ApplyRun, row: JobRow | undefined, environment: ParentEnvironment): PlanChange[] {
  if (!row || row.environment_id === environment.id) return []
  const from = run.state.environments.get(row.environment_id)?.name ?? row.environment_id
  return [{ key: 'environment', from, to: environment.name }]
}

/** A time that is due, or missed, stays due unless the schedule itself changed. */
function nextRunAt(run: ApplyRun, row: JobRow | undefined, cron: string | null): Date | null {
  if (cron === null) return null
  const same = row?.state === 1 && row.trigger_schedule && row.schedule_cron === cron
  return same && row.next_run_at ? row.next_run_at : nextFireTime(cron, run.state.now)
}
