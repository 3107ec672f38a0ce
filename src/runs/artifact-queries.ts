import { type SqlBool, sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { allOf, type Condition, equals } from '../db/list-queries.ts'

export interface StoredArtifact {
  readonly path: string
  readonly size_bytes: number
  readonly store_key: string
}

/**
 * Paths that a run's finished steps left: of one step, or of the run as a whole. A step's are those of the files that
 * it wrote or changed; taken together they are what the run's target folder held after the last step.
 */
export async function listArtifactPaths(db: Db, runId: number, step: number | undefined): Promise<string[]> {
  const rows = await db.selectFrom('run_artifacts').select('path').distinct().where(areOf(runId, step)).execute()
  return rows.map((row) => row.path).sort()
}

/** The file of the named step, or else of the last one that left it. */
export async function findArtifact(
  db: Db,
  runId: number,
  path: string,
  step: number | undefined,
): Promise<StoredArtifact | undefined> {
  return db
    .selectFrom('run_artifacts')
    .select(['path', 'size_bytes', 'store_key'])
    .where(areOf(runId, step))
    .where('path', '=', path)
    .orderBy('step_index', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** Artifacts of a step are there for clients once the step has ended. */
function areOf(runId: number, step: number | undefined): Condition {
  return allOf([
    equals('run_artifacts.run_id', runId),
    equals('run_artifacts.step_index', step),
    sql<SqlBool>`exists (
      select from run_steps
      where run_steps.run_id = run_artifacts.run_id and run_steps.index = run_artifacts.step_index
        and run_steps.status not in ('queued', 'running')
    )`,
  ])
}
