import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'

export interface AccountChange {
  readonly name?: string | undefined
  /** Says how many runs may execute at the same time. */
  readonly runSlots?: number | undefined
}

/** Changes what is given; a change that changes nothing leaves the account as it is. */
export async function updateAccount(db: Db, accountId: number, { name, runSlots }: AccountChange): Promise<void> {
  await db
    .updateTable('accounts')
    .set((row) => ({
      name: name ?? row.ref('name'),
      run_slots: runSlots ?? row.ref('run_slots'),
      updated_at: sql<Date>`now()`,
    }))
    .where('id', '=', accountId)
    .where((row) =>
      row.or([row('name', '<>', name ?? row.ref('name')), row('run_slots', '<>', runSlots ?? row.ref('run_slots'))]),
    )
    .execute()
}
