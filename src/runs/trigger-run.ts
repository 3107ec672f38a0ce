import type { Db } from '../db/database.ts'
import type { WakeUp } from '../db/wake-up.ts'
import { type Actor, stratusItself } from '../domain/actor.ts'
import { type AppError, InvalidRequestError, NotFoundError } from '../domain/errors.ts'
import type { CauseCategory, TriggerOverrides } from '../domain/trigger.ts'
import { insertRun, type QueuedRun } from './insert-run.ts'

export interface TriggerCommand {
  readonly accountId: number
  readonly jobId: number
  readonly cause?: string
  readonly causeCategory: CauseCategory
  readonly overrides: TriggerOverrides
  readonly actor?: Actor
  /** For the audit log. */
  readonly operation?: string
}

/**
 * Queues a run of a job. Throws NotFoundError for an unknown or deleted job, InvalidRequestError for one that has no
 * commands and gets none.
 */
export async function triggerRun(ctx: { db: Db; wakeUp: WakeUp }, command: TriggerCommand): Promise<QueuedRun> {
  const run = await insertRun(ctx.db, {
    jobId: command.jobId,
    accountId: command.accountId,
    cause: command.cause ?? 'Triggered via API',
    causeCategory: command.causeCategory,
    overrides: command.overrides,
    actor: command.actor ?? stratusItself,
    operation: command.operation ?? 'Trigger Job Run',
  })
  if (run === undefined) throw await refusal(ctx.db, command)
  ctx.wakeUp.publish({ kind: 'queued' })
  return run
}

async function refusal(db: Db, { accountId, jobId }: TriggerCommand): Promise<AppError> {
  const job = await db
    .selectFrom('jobs')
    .select('id')
    .where('id', '=', jobId)
    .where('account_id', '=', accountId)
    .where('state', '=', 1)
    .executeTakeFirst()
  if (job === undefined) return new NotFoundError(`There is no job ${jobId} in account ${accountId}.`)
  return new InvalidRequestError('This job has no commands.', {
    fields: {
      steps_override: `job ${jobId} has no execute_steps; give the commands of this run in steps_override`,
    },
  })
}
