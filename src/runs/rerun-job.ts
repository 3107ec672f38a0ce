import type { AskedBy } from '../audit/audit-entries.ts'
import type { RunRow } from '../db/schema/runs.ts'
import { type Actor, stratusItself } from '../domain/actor.ts'
import { InvalidRequestError, NotFoundError } from '../domain/errors.ts'
import { retryNotSupportedSentences } from '../domain/runs/retry-not-supported.ts'
import type { QueuedRun } from '../queue/insert-run.ts'
import { queueRunWithin } from '../queue/queue-run.ts'
import { type Retryability, retryabilityOfOne } from './retryability.ts'
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
  if (latest?.status === 'error') {
    const retry = await queueRetry(ctx, latest, { ...by, assertMayRepeat, may: isStillLatest })
    if (retry !== undefined) return retry
  }
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
  const retry = await queueRetry(ctx, run, { actor, asked, assertMayRepeat, may: ({ canRetry }) => canRetry })
  if (retry !== undefined) return retry
  const { reason } = await retryabilityOfOne(ctx.db, run)
  throw new InvalidRequestError(
    `Run ${runId} cannot be retried: ${reason === null ? 'unknown' : retryNotSupportedSentences[reason]}`,
    {
      fields: { retry_not_supported_reason: reason ?? 'unknown' },
    },
  )
}

function isStillLatest({ reason }: Retryability): boolean {
  return reason !== 'RETRY_NOT_LATEST_RUN'
}

interface Retry extends Required<Pick<RetryCommand, 'actor' | 'asked' | 'assertMayRepeat'>> {
  readonly may: (retryability: Retryability) => boolean
}

/** Undefined when the run may not be retried: of retries that come at once, one finds it the latest run of its job. */
async function queueRetry(
  ctx: TriggerContext,
  failed: RunRow,
  { assertMayRepeat, may, ...by }: Retry,
): Promise<QueuedRun | undefined> {
  await assertMayRepeat(failed)
  const { id: retryingRunId, job_id: jobId, account_id: accountId, overrides } = failed
  const cause = `Rerun of run ${retryingRunId} from its failure`
  const asked = { jobId, cause, causeCategory: 'rerun' as const, overrides, retryingRunId, ...by }
  const run = await ctx.db.transaction().execute(async (tx) => {
    await tx.selectFrom('runs').select('id').where('id', '=', retryingRunId).forUpdate().execute()
    return may(await retryabilityOfOne(tx, failed))
      ? { queued: await queueRunWithin(tx, asked, ctx.queueLimits) }
      : undefined
  })
  if (run === undefined) return undefined
  if (run.queued === undefined) throw await refusal(ctx.db, { accountId, jobId, overrides })
  ctx.wakeUp.publish({ kind: 'queued' })
  return run.queued
}
