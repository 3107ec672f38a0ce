import { text } from 'node:stream/consumers'
import { sql } from 'kysely'
import pRetry from 'p-retry'
import type { ArtifactStore } from '../../artifacts/artifact-store.ts'
import type { Db } from '../../db/database.ts'
import { persistently } from '../../db/persistently.ts'
import type { WakeUp } from '../../db/wake-up.ts'
import { StoreUnavailableError } from '../../domain/store-errors.ts'
import type { RunResources } from '../../engines/run-engine.ts'
import type { RunLease } from '../../queue/lease.ts'
import { storeRetries } from '../store-retries.ts'
import { holdExclusively, tryToHold } from './exclusive-hold.ts'
import { holdShared } from './shared-hold.ts'

interface ResourceContext {
  readonly db: Db
  readonly wakeUp: WakeUp
  readonly artifacts: ArtifactStore
  readonly artifactsWaitMs: number
}

/** The engine of a run may ask for these while its lease is good. */
export function runResources(
  ctx: ResourceContext,
  { lease, leaseLost, signal }: { lease: RunLease; leaseLost: AbortSignal; signal: AbortSignal },
): RunResources {
  const holds = { ...ctx, persist: <T>(write: () => Promise<T>) => persistently(write, leaseLost) }
  return {
    holdExclusively: (resources, onWait) => holdExclusively(holds, lease, resources, onWait, signal),
    tryToHold: (resource) => tryToHold(holds, lease, resource),
    holdShared: (resource, mode, onWait) => holdShared(holds, lease, { resource, mode }, onWait, signal),
    fetchArtifact: (storeKey, onWait) => fetchPatiently(ctx, storeKey, onWait, signal),
    lastGoodCommit: () => holds.persist(() => findLastGoodCommit(ctx.db, lease.runId)),
  }
}

async function fetchPatiently(
  { artifacts, artifactsWaitMs }: ResourceContext,
  storeKey: string,
  onWait: (reason: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  const fetch = async () => {
    const stored = await artifacts.get(storeKey)
    return stored === undefined ? undefined : await text(stored.content)
  }
  let waits = false
  return pRetry(fetch, {
    ...storeRetries,
    maxRetryTime: artifactsWaitMs,
    signal,
    shouldRetry: ({ error }) => error instanceof StoreUnavailableError,
    onFailedAttempt({ error }) {
      if (waits || !(error instanceof StoreUnavailableError)) return
      waits = true
      onWait(error.message)
    },
  })
}

async function findLastGoodCommit(db: Db, runId: number): Promise<string | undefined> {
  const { rows } = await sql<{ git_sha: string | null }>`
    select before.git_sha
    from runs as this
    join runs as before on before.account_id = this.account_id and before.job_id = this.job_id
      and before.status = 'success' and before.id < this.id
    where this.id = ${runId}
    order by before.id desc
    limit 1
  `.execute(db)
  return rows[0]?.git_sha ?? undefined
}
