import * as z from 'zod'
import { isTimezone } from '../../domain/cron.ts'
import { longestCommand } from '../../domain/dbt-command/command-problem.ts'
import { engineKind } from './engine-kind.ts'
import { environmentVariables } from './environment-variables-schema.ts'
import { filled, filledText, id, integer, mapping, name, plainName, text } from './schema-parts.ts'
import { simulation } from './simulation-schema.ts'

/** Its meaning is asked for when the schedule is on, by the rules across keys. */
const cron = text(200)

export const scheduleSchema = mapping({
  cron: cron.nullish(),
  timezone: text(100).refine(isTimezone, { error: 'a time zone such as Europe/Vienna' }).nullish(),
  date: mapping({
    type: z.enum(['every_day', 'days_of_week', 'custom_cron', 'interval_cron']),
    days: z.array(integer(0, 6), { error: 'a list of weekdays, 0 (Sunday) to 6' }).nullish(),
    cron: cron.nullish(),
  }).nullish(),
  time: mapping({
    type: z.enum(['every_hour', 'at_exact_hours']),
    interval: integer(1, 23).nullish(),
    hours: z.array(integer(0, 23), { error: 'a list of hours, 0 to 23' }).nullish(),
  }).nullish(),
})

const triggers = mapping({
  schedule: z.boolean().nullish(),
  github_webhook: z.boolean().nullish(),
  git_provider_webhook: z.boolean().nullish(),
  on_merge: z.boolean().nullish(),
})

const endStatus = z.literal([10, 20, 30], { error: '10 (success), 20 (error) or 30 (cancelled)' })

const jobCompletion = mapping({
  condition: mapping({
    job: filledText.nullish(),
    job_id: id,
    project_id: id,
    statuses: z.array(endStatus).min(1, { error: 'at least one of 10 (success), 20 (error) and 30 (cancelled)' }),
  }),
})

/** The keys are the Admin API's. */
export const jobSchema = mapping({
  id,
  name,
  description: text().nullish(),
  engine: engineKind.nullish(),
  dbt_version: plainName.nullish(),
  execute_steps: z.array(filled(text(longestCommand)), { error: 'a list of dbt commands' }).nullish(),
  settings: mapping({ threads: integer(1, 1024).nullish(), target_name: plainName.nullish() }).nullish(),
  execution: mapping({ timeout_seconds: integer(0).nullish() }).nullish(),
  triggers: triggers.nullish(),
  schedule: scheduleSchema.nullish(),
  generate_docs: z.boolean().nullish(),
  run_generate_sources: z.boolean().nullish(),
  run_compare_changes: z.boolean().nullish(),
  compare_changes_flags: text().nullish(),
  run_lint: z.boolean().nullish(),
  errors_on_lint_failure: z.boolean().nullish(),
  job_type: z.enum(['ci', 'merge', 'scheduled', 'other']).nullish(),
  deferring_job: filledText.nullish(),
  deferring_job_definition_id: id,
  deferring_environment: filledText.nullish(),
  deferring_environment_id: id,
  lifecycle_webhooks: z.boolean().nullish(),
  lifecycle_webhooks_url: z.url({ protocol: /^https?$/, error: 'an address with http or https' }).nullish(),
  triggers_on_draft_pr: z.boolean().nullish(),
  job_completion_trigger_condition: jobCompletion.nullish(),
  cost_optimization_features: z.array(filledText, { error: 'a list of names' }).nullish(),
  environment_variables: environmentVariables,
  simulation: simulation.nullish(),
})

export type JobDocument = z.infer<typeof jobSchema>
export type ScheduleDocument = z.infer<typeof scheduleSchema>
