import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { isRetryable, isUniqueViolation } from '../db/pg-errors.ts'
import { prepared } from '../db/prepared-statements.ts'
import type { EnvironmentVariableRow } from '../db/schema/environment-variables.ts'
import type { EnvironmentRow } from '../db/schema/environments.ts'
import type { JobRow } from '../db/schema/jobs.ts'
import type { ProjectRow } from '../db/schema/projects.ts'
import type { RunRow } from '../db/schema/runs.ts'
import type { Attempt } from '../domain/runs/attempt.ts'

export interface Claimant {
  readonly workerId: string
  readonly leaseSeconds: number
}

export interface ClaimedRun {
  readonly run: RunRow
  /** It is null when the job, its environment or its project is gone. */
  readonly definitions: RunDefinitions | null
  /** It is true if there may be another run to claim. */
  readonly othersWait: boolean
}

/** These are as they were when the run was claimed. Dates in them are text, which nothing reads. */
export interface RunDefinitions {
  readonly project: ProjectRow
  readonly environment: EnvironmentRow
  readonly job: JobRow
  readonly variables: EnvironmentVariableRow[]
  /** It is null for runs that are not simulated. */
  readonly attempt: Attempt | null
}

/** Says how often a claim that lost a race is tried again before the next wake-up has to. */
const maxAttempts = 5

/** Takes the oldest run that may start, or nothing. The rules are in the database's function `claim_run`. */
export async function claimRun(db: Db, { workerId, leaseSeconds }: Claimant): Promise<ClaimedRun | undefined> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    try {
      const { rows } = await sql<RunRow & { definitions: RunDefinitions | null; others_wait: boolean }>`${prepared}
        select (claimed.run).*, claimed.definitions, claimed.others_wait
        from claim_run_to_execute(${workerId}, ${leaseSeconds}) as claimed
      `.execute(db)
      const [claimed] = rows
      if (claimed === undefined) return undefined
      const { definitions, others_wait: othersWait, ...run } = claimed
      return { run, definitions, othersWait }
    } catch (error) {
      if (!isUniqueViolation(error) && !isRetryable(error)) throw error
    }
  }
  return undefined
}
