import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { RunRow } from '../db/schema/runs.ts'
import { blockersOf } from '../queue/blocked-by.ts'

/** Why a queued run does not start, and how many of its job go first. */
export interface Waiting {
  readonly position: number
  readonly reason: string
  readonly blocked_by: readonly number[]
}

type QueuedRun = Pick<RunRow, 'id' | 'status' | 'slot_exempt'>

export async function findWaitingReasons(
  db: Db,
  accountId: number,
  runs: readonly QueuedRun[],
): Promise<ReadonlyMap<number, Waiting>> {
  const queued = runs.filter(({ status }) => status === 'queued')
  if (queued.length === 0) return new Map()
  const [blockers, slots] = await Promise.all([blockersOf(db, queued), readSlots(db, accountId)])
  return new Map(
    queued.map((run) => {
      const blockedBy = blockers.get(run.id) ?? []
      return [
        run.id,
        { position: blockedBy.length + 1, reason: reasonOf(run, blockedBy, slots), blocked_by: blockedBy },
      ]
    }),
  )
}

interface Slots {
  readonly used: number
  readonly total: number
}

async function readSlots(db: Db, accountId: number): Promise<Slots> {
  const { rows } = await sql<Slots>`
    select accounts.run_slots as total, (
      select count(*)::integer
      from runs
      where runs.account_id = accounts.id and runs.claimed_at is not null and runs.released_at is null and not runs.slot_exempt
    ) as used
    from accounts
    where accounts.id = ${accountId}
  `.execute(db)
  return rows[0] ?? { used: 0, total: 0 }
}

function reasonOf(run: QueuedRun, blockedBy: readonly number[], { used, total }: Slots): string {
  const [first] = blockedBy
  if (first !== undefined) return `Waiting for run ${first} of the same job.`
  if (!run.slot_exempt && used >= total) return `Waiting for a slot: ${used} of ${total} are used.`
  return 'Waiting for a worker.'
}
