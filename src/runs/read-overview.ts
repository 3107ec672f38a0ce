import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { RunStepRow } from '../db/schema/run-steps.ts'
import type { RunRow } from '../db/schema/runs.ts'
import { type FailedNode, findFailedNodes } from './run-failures.ts'
import { findSteps } from './step-queries.ts'

export interface ActiveNode {
  readonly unique_id: string
  readonly name: string
  readonly resource_type: string
  readonly thread: string | null
  readonly started_at: Date | null
}

export interface Overview {
  readonly steps: readonly RunStepRow[]
  readonly failed: readonly FailedNode[]
  /** The nodes that dbt works on now. */
  readonly active: readonly ActiveNode[]
  readonly neighbours: Neighbours
}

interface Neighbours {
  readonly previous_run_id: number | null
  readonly next_run_id: number | null
  /** The commits of the last run that succeeded and of the first one that failed since. */
  readonly last_good_sha: string | null
}

const mostFailed = 20
const mostActive = 20

/** Reads what a run's page shows first and its list does not. It looks at all nodes only while the run executes. */
export async function readOverview(db: Db, run: RunRow): Promise<Overview> {
  const isLive = run.started_at !== null && run.released_at === null
  const [steps, failed, active, neighbours] = await Promise.all([
    findSteps(db, [run.id]),
    findFailedNodes(db, run, mostFailed),
    isLive ? findActiveNodes(db, run.id) : [],
    findNeighbours(db, run),
  ])
  return { steps, failed, active, neighbours }
}

async function findActiveNodes(db: Db, runId: number): Promise<ActiveNode[]> {
  return db
    .selectFrom('run_nodes')
    .innerJoin('nodes', 'nodes.id', 'run_nodes.node_id')
    .select(['unique_id', 'name', 'resource_type', 'thread', 'started_at'])
    .where('run_id', '=', runId)
    .where('status', '=', 'running')
    .orderBy('started_at')
    .orderBy('node_id')
    .limit(mostActive)
    .execute()
}

async function findNeighbours(db: Db, run: RunRow): Promise<Neighbours> {
  const ofJob = (order: 'before' | 'after') => sql<number | null>`(
    select other.id from runs as other
    where other.job_id = ${run.job_id} and ${order === 'before' ? sql`other.id < ${run.id}` : sql`other.id > ${run.id}`}
    order by other.id ${order === 'before' ? sql`desc` : sql`asc`}
    limit 1
  )`
  const { rows } = await sql<Neighbours>`
    select ${ofJob('before')} as previous_run_id, ${ofJob('after')} as next_run_id, (
      select good.git_sha from runs as good
      where good.account_id = ${run.account_id} and good.job_id = ${run.job_id} and good.status = 'success'
        and good.id < ${run.id}
      order by good.id desc
      limit 1
    ) as last_good_sha
  `.execute(db)
  return rows[0] ?? { previous_run_id: null, next_run_id: null, last_good_sha: null }
}
