import * as z from 'zod'
import { isTimezone } from '../../../domain/cron.ts'
import { longestCommand } from '../../../domain/dbt-command/command-problem.ts'
import { engineKind } from '../../../projects/document/engine-kind.ts'
import { id, mapping } from '../../../projects/document/schema-parts.ts'
import {
  bodyBoolean,
  bodyInt,
  bodyText,
  bodyTextList,
  filledBodyText,
  plainBodyName,
} from '../../inputs/body-fields.ts'
import {
  bodyId,
  bodyName,
  bodyOneOf,
  bodyState,
  clearable,
  clearableId,
  clearableText,
  documentPart,
} from '../../inputs/object-fields.ts'

/** Its meaning is asked for when the schedule is on: see `assertRunnable`. */
const cron = clearableText(200)

function intList(min: number, max: number) {
  const error = `Expected a list of whole numbers from ${min} to ${max}.`
  const item = z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error })
  return z
    .array(item, { error })
    .max(max - min + 1, { error })
    .nullish()
}

const objectExpected = { error: 'Expected an object.' }

const timezone = clearableText(100).refine((name) => !name || isTimezone(name), {
  error: 'Expected a time zone such as Europe/Vienna.',
})

const schedule = z.object(
  {
    cron,
    timezone,
    date: z
      .object(
        {
          type: bodyOneOf(['every_day', 'days_of_week', 'custom_cron', 'interval_cron']),
          days: intList(0, 6),
          cron,
        },
        objectExpected,
      )
      .nullish(),
    time: z
      .object(
        {
          type: bodyOneOf(['every_hour', 'at_exact_hours']),
          interval: clearable(bodyInt(0, 23)),
          hours: intList(0, 23),
        },
        objectExpected,
      )
      .nullish(),
  },
  objectExpected,
)
export type ScheduleBody = z.infer<typeof schedule>

const statusesExpected = 'Expected a list of at least one of 10 (success), 20 (error) and 30 (cancelled).'
const status = z.preprocess(
  (value) => (typeof value === 'string' ? Number(value) : value),
  z.literal([10, 20, 30], { error: 'Expected 10 (success), 20 (error) or 30 (cancelled).' }),
)
const completion = z.object(
  {
    condition: z.object(
      {
        job_id: z.coerce.number().int().positive({ error: 'Expected the id of a job.' }),
        project_id: bodyId(),
        statuses: z.array(status, statusesExpected).min(1, statusesExpected).max(3, statusesExpected),
      },
      objectExpected,
    ),
  },
  objectExpected,
)

const webAddress = z.url({ protocol: /^https?$/, error: 'Expected an address with http or https.' }).max(2_000)

/** A job as clients send it; whatever else they send back of what they read is ignored. */
export const jobBody = z.object({
  id: bodyId(),
  account_id: bodyId(),
  project_id: bodyId(),
  environment_id: bodyId(),
  name: bodyName(),
  description: clearableText(),
  dbt_version: clearable(plainBodyName()),
  execute_steps: filledTexts(bodyTextList(1_000, longestCommand)),
  execution: z.object({ timeout_seconds: bodyInt(0) }, objectExpected).nullish(),
  settings: z.object({ threads: bodyInt(1, 1_024), target_name: plainBodyName() }, objectExpected).nullish(),
  state: bodyState(),
  triggers: z
    .object(
      {
        schedule: bodyBoolean(),
        github_webhook: bodyBoolean(),
        git_provider_webhook: bodyBoolean(),
        on_merge: bodyBoolean(),
      },
      objectExpected,
    )
    .nullish(),
  schedule: schedule.nullish(),
  generate_docs: bodyBoolean(),
  run_generate_sources: bodyBoolean(),
  generate_sources: bodyBoolean(),
  run_compare_changes: bodyBoolean(),
  compare_changes_flags: bodyText(10_000),
  run_lint: bodyBoolean(),
  errors_on_lint_failure: bodyBoolean(),
  deferring_job_definition_id: clearableId(),
  deferring_environment_id: clearableId(),
  lifecycle_webhooks: bodyBoolean(),
  lifecycle_webhooks_url: clearable(webAddress),
  triggers_on_draft_pr: bodyBoolean(),
  job_type: filledBodyText(100),
  job_completion_trigger_condition: clearable(completion),
  cost_optimization_features: filledTexts(bodyTextList(100, 255)),
  stratus: documentPart(mapping({ id, engine: engineKind.nullable().optional() })),
})
export type JobBody = z.infer<typeof jobBody>

function filledTexts(list: z.ZodType<string[] | undefined>) {
  return list.refine((texts) => texts?.every((text) => text.trim() !== '') ?? true, {
    error: 'Expected no empty text in the list.',
  })
}
