import type { AskedBy } from '../audit/audit-entries.ts'
import type { Db } from '../db/database.ts'
import { dbtOfEnvironment } from '../db/dbt-of-environment.ts'
import type { WakeUp } from '../db/wake-up.ts'
import { type Actor, stratusItself } from '../domain/actor.ts'
import type { CommandPolicy } from '../domain/dbt-command/command-place.ts'
import { judgeCommands } from '../domain/dbt-command/judge-commands.ts'
import { type AppError, InvalidRequestError, NotFoundError } from '../domain/errors.ts'
import { type CauseCategory, codeOverrides, type TriggerOverrides } from '../domain/runs/trigger.ts'
import { activeState } from '../domain/state.ts'
import type { QueueLimits } from '../queue/assert-room.ts'
import type { QueuedRun } from '../queue/insert-run.ts'
import { queueRun } from '../queue/queue-run.ts'

export interface TriggerContext {
  readonly db: Db
  readonly wakeUp: WakeUp
  /** It is absent where runs bring no commands of their own. */
  readonly policy?: CommandPolicy
  /** Absent means no limit. */
  readonly queueLimits?: QueueLimits
}

export interface TriggerCommand {
  readonly accountId: number
  readonly jobId: number
  readonly cause?: string
  readonly causeCategory: CauseCategory
  readonly overrides: TriggerOverrides
  readonly actor?: Actor
  /** It is for the audit log. */
  readonly asked?: AskedBy
}

/**
 * Queues a run of a job. Throws NotFoundError for an unknown or deleted job, InvalidRequestError for one that has no
 * commands and gets none, for a command that no step can run, and for a commit of code that no repository holds,
 * TooManyRequestsError when too many runs wait already.
 */
export async function triggerRun(ctx: TriggerContext, command: TriggerCommand): Promise<QueuedRun> {
  await assertCommands(ctx, command)
  const { jobId, actor = stratusItself } = command
  const asked = {
    jobId,
    accountId: command.accountId,
    cause: command.cause ?? 'Triggered via API',
    causeCategory: command.causeCategory,
    overrides: command.overrides,
    actor,
    asked: command.asked ?? { operation: 'Trigger Job Run', method: null },
  }
  const run = await queueRun(ctx.db, asked, ctx.queueLimits)
  if (run === undefined) throw await refusal(ctx.db, command)
  ctx.wakeUp.publish({ kind: 'queued' })
  return run
}

async function assertCommands(
  { db, policy = { projectRoots: [] } }: TriggerContext,
  { accountId, jobId, overrides }: TriggerCommand,
): Promise<void> {
  const commands = overrides.steps_override ?? []
  const problems = await judgeCommands(commands, policy, () => dbtOfEnvironment(db, { accountId, jobId }))
  if (problems.length === 0) return
  const fields = Object.fromEntries(problems.map(([index, problem]) => [`steps_override.${index}`, problem]))
  throw new InvalidRequestError(Object.values(fields).join(' '), { fields })
}

/** Says why a job does not take a run: found out only when the one statement that would make it makes none. */
export async function refusal(
  db: Db,
  { accountId, jobId, overrides }: Pick<TriggerCommand, 'accountId' | 'jobId' | 'overrides'>,
): Promise<AppError> {
  const job = await db
    .selectFrom('jobs')
    .innerJoin('projects', 'projects.id', 'jobs.project_id')
    .select(['jobs.execute_steps', 'projects.path'])
    .where('jobs.id', '=', jobId)
    .where('jobs.account_id', '=', accountId)
    .where('jobs.state', '=', activeState)
    .executeTakeFirst()
  if (job === undefined) return new NotFoundError(`There is no job ${jobId} in account ${accountId}.`)
  if (job.execute_steps.length === 0 && overrides.steps_override === undefined) {
    const message = `job ${jobId} has no execute_steps; give the commands of this run in steps_override`
    return new InvalidRequestError('This job has no commands.', { fields: { steps_override: message } })
  }
  const [field = 'git_branch'] = codeOverrides(overrides)
  const message = `The project of job ${jobId} is the folder ${job.path}, whose files are run as they are: it has no branches and commits to choose from. Leave ${field} out, or give the project a git address.`
  return new InvalidRequestError(message, { fields: { [field]: message } })
}
