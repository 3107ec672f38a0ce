import type * as z from 'zod'
import { defaultJobFlags } from '../../domain/job.ts'
import { statusCodes } from '../../domain/runs/run-status.ts'
import { isTimezone } from '../../domain/schedules/cron.ts'
import { keysOf, recordOf } from '../../util/objects/pick.ts'

type Field<T> = z.ZodOptional<z.ZodType<T | null | undefined>>

/** Says how one kind of input has its fields: stratus.yml strictly, request bodies as leniently as clients need. */
export interface FieldKinds {
  readonly mapping: <Shape extends z.ZodRawShape>(shape: Shape) => z.ZodObject<Shape, z.core.$ZodObjectConfig>
  readonly flag: () => Field<boolean>
  readonly integer: (min: number, max?: number) => Field<number>
  /** Takes a whole number from 1 to `max`. */
  readonly count: (max: number) => Field<number>
  /** `items` says what the list holds, as the end of a sentence. */
  readonly integers: (min: number, max: number, items: string) => Field<number[]>
  readonly text: (maxLength: number) => Field<string>
  readonly word: <const Word extends string>(words: readonly Word[]) => z.ZodType<Word | undefined>
  readonly id: () => Field<number>
  /** It has at least one of the numbers of a run's end. */
  readonly statuses: z.ZodType<number[]>
  /** The message that says what is expected. */
  readonly expected: (what: string) => string
}

/** The fields of a job that request bodies and stratus.yml have alike. */
export function jobFields(kinds: FieldKinds) {
  const { mapping, flag, integer } = kinds
  return {
    execution: mapping({ timeout_seconds: integer(0) }).nullish(),
    triggers: mapping({
      schedule: flag(),
      github_webhook: flag(),
      git_provider_webhook: flag(),
      on_merge: flag(),
    }).nullish(),
    schedule: scheduleField(kinds).nullish(),
    ...recordOf(keysOf(defaultJobFlags), flag),
  }
}

/** The condition under which a job follows another one. `awaited` is how the other job is named. */
export function completionField<Awaited extends z.ZodRawShape>(
  { mapping, id, statuses }: FieldKinds,
  awaited: Awaited,
) {
  return mapping({ condition: mapping({ ...awaited, project_id: id(), statuses }) })
}

/** Messages about the numbers of a run's end name them so. */
export function saidFinalStatuses(conjunction: 'or' | 'and'): string {
  const { success, error, cancelled } = statusCodes
  return `${success} (success), ${error} (error) ${conjunction} ${cancelled} (cancelled)`
}

function scheduleField({ mapping, text, word, integers, count, expected }: FieldKinds) {
  // Its meaning is asked for when the schedule is on, with the other fields.
  const cron = text(200)
  const timezone = text(100).refine((name) => name === null || name === undefined || isTimezone(name), {
    error: expected('a time zone such as Europe/Vienna'),
  })
  return mapping({
    cron,
    timezone,
    date: mapping({
      type: word(['every_day', 'days_of_week', 'custom_cron', 'interval_cron']),
      days: integers(0, 6, 'weekdays, 0 (Sunday) to 6'),
      cron,
    }).nullish(),
    time: mapping({
      type: word(['every_hour', 'at_exact_hours']),
      interval: count(23),
      hours: integers(0, 23, 'hours, 0 to 23'),
    }).nullish(),
  })
}
