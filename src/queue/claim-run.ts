import { sql } from 'kysely'
import type { Db, Tx } from '../db/database.ts'
import { isRetryable, isUniqueViolation } from '../db/pg-errors.ts'
import type { RunRow } from '../db/schema.ts'
import { lockLane, updateLane, updateLaneHead } from '../runs/lanes.ts'

export interface Claimant {
  readonly workerId: string
  readonly leaseSeconds: number
}

/** Another claim or a cancel got in between; look again. */
const lostRace = 'lost race' as const

/**
 * Takes the oldest run that may start, or nothing.
 *
 * A run may start when its lane has no holder, its account has a free slot (CI runs need none), and its environment
 * is below its bound. Claims within one account are serialised by the account's row, because two claims that each
 * see one free slot would take two; the index `one_held_run_per_serial_key` is what makes overlap impossible.
 */
export async function claimRun(db: Db, claimant: Claimant): Promise<RunRow | undefined> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const accountId = await accountWithReadyRun(db)
    if (accountId === undefined) return undefined
    const claimed = await db
      .transaction()
      .execute((tx) => claimInAccount(tx, accountId, claimant))
      .catch((error: unknown): typeof lostRace => {
        if (isUniqueViolation(error) || isRetryable(error)) return lostRace
        throw error
      })
    if (claimed !== lostRace) return claimed
  }
  return undefined
}

async function accountWithReadyRun(db: Db): Promise<number | undefined> {
  const { rows } = await sql<{ account_id: number }>`
    select ready.account_id from accounts
    cross join lateral (${readyLanes(sql`accounts.id`)}) as ready
    order by ready.head_run_id
    limit 1
  `.execute(db)
  return rows[0]?.account_id
}

async function claimInAccount(tx: Tx, accountId: number, claimant: Claimant): Promise<RunRow | typeof lostRace> {
  await sql`select from accounts where accounts.id = ${accountId} for update`.execute(tx)
  const ready = await sql<{ serial_key: string }>`${readyLanes(sql`${accountId}::bigint`)}`.execute(tx)
  const serialKey = ready.rows[0]?.serial_key
  if (serialKey === undefined) return lostRace
  await lockLane(tx, serialKey)
  const { rows } = await sql<RunRow>`
    update runs set
      status = 'starting', claimed_at = now(), locked_by = ${claimant.workerId}, claim_count = runs.claim_count + 1,
      dequeued_at = now(), last_heartbeat_at = now(), updated_at = now(),
      lease_expires_at = now() + make_interval(secs => ${claimant.leaseSeconds})
    from lanes
    where lanes.serial_key = ${serialKey} and lanes.holder_run_id is null and runs.id = lanes.head_run_id
      and runs.status = 'queued' and runs.claimed_at is null
    returning runs.*
  `.execute(tx)
  const run = rows[0]
  if (run === undefined) {
    await updateLaneHead(tx, serialKey)
    return lostRace
  }
  await updateLane(tx, serialKey, run.id)
  return run
}

/** The account's lane whose head may start and is the oldest, if any. */
function readyLanes(accountId: ReturnType<typeof sql>) {
  return sql`
    select lanes.account_id, lanes.serial_key, lanes.head_run_id
    from lanes
    where lanes.account_id = ${accountId} and lanes.head_run_id is not null and lanes.holder_run_id is null
      and (
        lanes.slot_exempt
        or (select accounts.run_slots from accounts where accounts.id = ${accountId}) > (
          select count(*) from runs
          where runs.account_id = ${accountId} and runs.claimed_at is not null and runs.released_at is null
            and not runs.slot_exempt
        )
      )
      and not exists (
        select from environments
        where environments.id = lanes.environment_id and environments.max_parallel_runs <= (
          select count(*) from runs
          where runs.account_id = lanes.account_id and runs.environment_id = lanes.environment_id
            and runs.claimed_at is not null and runs.released_at is null
        )
      )
    order by lanes.head_run_id
    limit 1
  `
}
