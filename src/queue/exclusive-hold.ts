import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { planKept } from '../db/kept-plans.ts'
import type { WakeUp } from '../db/wake-up.ts'
import { isHeld, type RunLease } from './lease.ts'

/** How long a waiting run sleeps when no wake-up reaches it. */
const retryMs = 500

/**
 * Waits until the run alone holds `resource`; its release frees it. Rejects with the signal's reason when aborted.
 * Runs wait in no order: what matters is that they never overlap.
 */
export async function holdExclusively(
  ctx: { db: Db; wakeUp: WakeUp },
  lease: RunLease,
  resource: string,
  onWait: (holderRunId: number) => void,
  signal: AbortSignal,
): Promise<void> {
  let waiting = false
  for (;;) {
    signal.throwIfAborted()
    const holder = await tryToHold(ctx.db, lease, resource)
    if (holder === lease.runId) return
    if (holder !== undefined && !waiting) {
      waiting = true
      onWait(holder)
    }
    await nextChance(ctx.wakeUp, signal)
  }
}

/** Answers the run that holds the resource now; undefined when nobody does because the lease is lost. */
async function tryToHold(db: Db, lease: RunLease, resource: string): Promise<number | undefined> {
  const { rows } = await sql<{ run_id: number }>`${planKept}
    with taken as (
      insert into exclusive_holds (resource, run_id)
      select ${resource}, ${lease.runId}::bigint where ${isHeld(lease)}
      on conflict (resource) do nothing
      returning run_id
    )
    select run_id from taken union all select run_id from exclusive_holds where resource = ${resource}
  `.execute(db)
  return rows[0]?.run_id
}

function nextChance(wakeUp: WakeUp, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      unsubscribe()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, retryMs)
    const unsubscribe = wakeUp.subscribe((event) => {
      if (event.kind === 'queued' || event.kind === 'missed') done()
    })
    signal.addEventListener('abort', done)
  })
}
