import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { isRetryable, isUniqueViolation } from '../db/pg-errors.ts'
import type { RunRow } from '../db/schema.ts'

export interface Claimant {
  readonly workerId: string
  readonly leaseSeconds: number
}

/** How often a claim that lost a race is tried again before the next wake-up has to. */
const maxAttempts = 5

/** Takes the oldest run that may start, or nothing. The rules are in the database's function `claim_run`. */
export async function claimRun(db: Db, { workerId, leaseSeconds }: Claimant): Promise<RunRow | undefined> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    try {
      const { rows } = await sql<RunRow>`select * from claim_run(${workerId}, ${leaseSeconds})`.execute(db)
      return rows[0]
    } catch (error) {
      if (!isUniqueViolation(error) && !isRetryable(error)) throw error
    }
  }
  return undefined
}
