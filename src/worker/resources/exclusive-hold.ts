import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import { persistently } from '../../db/persistently.ts'
import { prepared } from '../../db/prepared-statements.ts'
import type { WakeUp } from '../../db/wake-up.ts'
import type { ExclusiveHold } from '../../engines/run-engine.ts'
import { isHeld, type RunLease } from '../../queue/lease.ts'

/** Says how long a waiting run sleeps when no wake-up reaches it. */
const retryMs = 500

export interface HoldContext {
  readonly db: Db
  readonly wakeUp: WakeUp
  /** Does a write as often as it takes the database to answer it. */
  persist<T>(write: () => Promise<T>): Promise<T>
}

/**
 * Waits until the run alone holds one of the resources, the first that is free; its release frees it. Rejects with
 * the signal's reason when aborted. Runs wait in no order: what matters is that they never overlap.
 */
export async function holdExclusively(
  ctx: HoldContext,
  lease: RunLease,
  resources: readonly string[],
  onWait: (holderRunId: number) => void,
  signal: AbortSignal,
): Promise<ExclusiveHold> {
  let waiting = false
  for (let outrun = 0; ; ) {
    signal.throwIfAborted()
    const found = await persistently(() => takeOne(ctx.db, lease, resources), signal)
    if (found?.run_id === lease.runId) return heldBy(ctx, lease, found.resource)
    // A run that was quicker by a moment has one of them: another may be free.
    if (found?.free !== false && outrun++ < resources.length) continue
    if (found !== undefined && !waiting) {
      waiting = true
      onWait(found.run_id)
    }
    await nextChance(ctx.wakeUp, signal)
  }
}

/** It is undefined when another run holds the resource. */
export async function tryToHold(
  ctx: HoldContext,
  lease: RunLease,
  resource: string,
): Promise<ExclusiveHold | undefined> {
  const found = await ctx.persist(() => takeOne(ctx.db, lease, [resource]))
  return found?.run_id === lease.runId ? heldBy(ctx, lease, resource) : undefined
}

interface Held {
  readonly resource: string
  readonly run_id: number
  /** One of the resources seemed to be free. */
  readonly free: boolean
}

/**
 * Answers the resource that the run holds now, else one of them with its holder; undefined when there is none,
 * because the lease is lost or another run was quicker by a moment.
 */
async function takeOne(db: Db, lease: RunLease, resources: readonly string[]): Promise<Held | undefined> {
  const { rows } = await sql<Held>`${prepared}
    with wanted as (
      select wanted.resource, wanted.position, exclusive_holds.run_id
      from unnest(${[...resources]}::text[]) with ordinality as wanted (resource, position)
      left join exclusive_holds on exclusive_holds.resource = wanted.resource
    ), taken as (
      insert into exclusive_holds (resource, run_id)
      select wanted.resource, ${lease.runId}::bigint from wanted
      where wanted.run_id is null and ${isHeld(lease)}
        and not exists (select from wanted as own where own.run_id = ${lease.runId})
      order by wanted.position limit 1
      on conflict (resource) do nothing
      returning resource, run_id
    )
    select resource, run_id, exists (select from wanted where wanted.run_id is null) as free from (
      select resource, run_id, 0 as position from taken
      union all
      select resource, run_id, position from wanted where run_id is not null
    ) as known
    order by run_id <> ${lease.runId}, position limit 1
  `.execute(db)
  return rows[0]
}

function heldBy({ db, wakeUp, persist }: HoldContext, lease: RunLease, resource: string): ExclusiveHold {
  return {
    resource,
    async free() {
      const holds = db
        .deleteFrom('exclusive_holds')
        .where('resource', '=', resource)
        .where('run_id', '=', lease.runId)
        .where(isHeld(lease))
      await persist(() => holds.execute())
      wakeUp.publish({ kind: 'freed' })
    },
  }
}

/** Resolves when a hold may have been freed, or after a while. */
export function nextChance(wakeUp: WakeUp, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      unsubscribe()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, retryMs)
    const unsubscribe = wakeUp.subscribe((event) => {
      if (event.kind === 'queued' || event.kind === 'freed' || event.kind === 'missed') done()
    })
    signal.addEventListener('abort', done)
  })
}
