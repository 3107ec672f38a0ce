import type { Db } from '../db/database.ts'
import type { RunRow } from '../db/schema.ts'
import type { WakeUp } from '../db/wake-up.ts'
import { InvalidRequestError, NotFoundError } from '../domain/errors.ts'
import type { CauseCategory, TriggerOverrides } from '../domain/trigger.ts'
import { insertRun } from './insert-run.ts'

export interface TriggerCommand {
  readonly accountId: number
  readonly jobId: number
  readonly cause?: string
  readonly causeCategory: CauseCategory
  readonly overrides: TriggerOverrides
}

/** Queues a run of a job. Throws NotFoundError for an unknown or deleted job. */
export async function triggerRun(ctx: { db: Db; wakeUp: WakeUp }, command: TriggerCommand): Promise<RunRow> {
  const job = await ctx.db
    .selectFrom('jobs')
    .select('execute_steps')
    .where('id', '=', command.jobId)
    .where('account_id', '=', command.accountId)
    .where('state', '=', 1)
    .executeTakeFirst()
  if (job === undefined) throw new NotFoundError(`There is no job ${command.jobId} in account ${command.accountId}.`)
  if (job.execute_steps.length === 0 && (command.overrides.steps_override ?? []).length === 0) {
    throw new InvalidRequestError('This job has no commands.', {
      fields: {
        steps_override: `job ${command.jobId} has no execute_steps; give the commands of this run in steps_override`,
      },
    })
  }
  const run = await insertRun(ctx.db, {
    jobId: command.jobId,
    cause: command.cause ?? 'Triggered via API',
    causeCategory: command.causeCategory,
    overrides: command.overrides,
  })
  if (run === undefined) throw new NotFoundError(`Job ${command.jobId} was deleted.`)
  ctx.wakeUp.publish({ kind: 'queued' })
  return run
}
