import type { AskedBy } from '../audit/audit-entries.ts'
import type { RunRow } from '../db/schema/runs.ts'
import { type Actor, stratusItself } from '../domain/actor.ts'
import { InvalidRequestError, NotFoundError } from '../domain/errors.ts'
import { retryNotSupportedSentences } from '../domain/runs/retry-not-supported.ts'
import type { QueuedRun } from '../queue/insert-run.ts'
import { queueRun } from '../queue/queue-run.ts'
import { retryabilityOf } from './retryability.ts'
import { refusal, type TriggerContext, triggerRun } from './trigger-run.ts'

interface RetryCommand {
  readonly accountId: number
  readonly actor?: Actor
  /** It is for the audit log. */
  readonly asked?: AskedBy
  /** Throws unless the caller may have a run execute what the overrides of this one chose. */
  readonly assertMayRepeat: (failed: RunRow) => Promise<void>
}

/**
 * Retries the job's latest run from its failure if that run failed, else starts a plain new run.
 * Never refuses an active job: the new run waits its turn.
 */
export async function rerunJob(
  ctx: TriggerContext,
  {
    accountId,
    jobId,
    actor = stratusItself,
    asked = { operation: 'Retry Failed Job', method: null },
    assertMayRepeat,
  }: RetryCommand & { readonly jobId: number },
): Promise<QueuedRun> {
  const latest = await ctx.db
    .selectFrom('runs')
    .selectAll()
    .where('job_id', '=', jobId)
    .where('account_id', '=', accountId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const by = { actor, asked }
  if (latest?.status === 'error') return queueRetry(ctx, latest, { ...by, assertMayRepeat })
  return triggerRun(ctx, { accountId, jobId, cause: 'Rerun of the job', causeCategory: 'rerun', overrides: {}, ...by })
}

/** Retries one run from its failure. Throws InvalidRequestError with the reason when it cannot be retried. */
export async function retryRun(
  ctx: TriggerContext,
  {
    accountId,
    runId,
    actor = stratusItself,
    asked = { operation: 'Retry Failed Run', method: null },
    assertMayRepeat,
  }: RetryCommand & { readonly runId: number },
): Promise<QueuedRun> {
  const run = await ctx.db
    .selectFrom('runs')
    .selectAll()
    .where('id', '=', runId)
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  if (run === undefined) throw new NotFoundError(`There is no run ${runId} in account ${accountId}.`)
  const { canRetry, reason } = (await retryabilityOf(ctx.db, [run])).get(runId) ?? { canRetry: false, reason: null }
  if (!canRetry) {
    throw new InvalidRequestError(
      `Run ${runId} cannot be retried: ${reason === null ? 'unknown' : retryNotSupportedSentences[reason]}`,
      {
        fields: { retry_not_supported_reason: reason ?? 'unknown' },
      },
    )
  }
  return queueRetry(ctx, run, { actor, asked, assertMayRepeat })
}

async function queueRetry(
  ctx: TriggerContext,
  failed: RunRow,
  { assertMayRepeat, ...by }: Required<Pick<RetryCommand, 'actor' | 'asked' | 'assertMayRepeat'>>,
): Promise<QueuedRun> {
  await assertMayRepeat(failed)
  const { job_id: jobId } = failed
  const asked = {
    jobId,
    cause: `Rerun of run ${failed.id} from its failure`,
    causeCategory: 'rerun' as const,
    overrides: failed.overrides,
    retryingRunId: failed.id,
    ...by,
  }
  const run = await queueRun(ctx.db, asked, ctx.queueLimits)
  if (run === undefined) {
    throw await refusal(ctx.db, { accountId: failed.account_id, jobId, overrides: failed.overrides })
  }
  ctx.wakeUp.publish({ kind: 'queued' })
  return run
}
