import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { isOneOf } from '../db/list-queries.ts'
import type { RunStepRow } from '../db/schema/run-steps.ts'

export interface StepWithLiveLogs extends RunStepRow {
  /** Both hold what the step has logged so far; null once the whole log is an object of the artifact store. */
  readonly live_console_log: string | null
  readonly live_debug_log: string | null
}

export async function findSteps(db: Db, runIds: readonly number[]): Promise<RunStepRow[]> {
  return db
    .selectFrom('run_steps')
    .selectAll()
    .where(isOneOf('run_steps.run_id', runIds))
    .orderBy('run_id')
    .orderBy('index')
    .execute()
}

/** The steps of a run and their live logs in one snapshot, so that a step which ends meanwhile shows the one or the other. */
export async function findStepsWithLiveLogs(
  db: Db,
  runId: number,
  options: LiveLogOptions,
): Promise<StepWithLiveLogs[]> {
  return withLiveLogs(db, options).where('run_steps.run_id', '=', runId).orderBy('run_steps.index').execute()
}

export async function findStepWithLiveLogs(
  db: Db,
  accountId: number,
  stepId: number,
  options: LiveLogOptions,
): Promise<StepWithLiveLogs | undefined> {
  return withLiveLogs(db, options)
    .innerJoin('runs', 'runs.id', 'run_steps.run_id')
    .where('run_steps.id', '=', stepId)
    .where('runs.account_id', '=', accountId)
    .executeTakeFirst()
}

export async function findProjectOfStep(db: Db, accountId: number, stepId: number): Promise<number | undefined> {
  const step = await db
    .selectFrom('run_steps')
    .innerJoin('runs', 'runs.id', 'run_steps.run_id')
    .select('runs.project_id')
    .where('run_steps.id', '=', stepId)
    .where('runs.account_id', '=', accountId)
    .executeTakeFirst()
  return step?.project_id
}

interface LiveLogOptions {
  readonly debug: boolean
  readonly maxCharacters: number
}

function withLiveLogs(db: Db, options: LiveLogOptions) {
  return db
    .selectFrom('run_steps')
    .selectAll('run_steps')
    .select([
      liveLog('console', options.maxCharacters).as('live_console_log'),
      (options.debug ? liveLog('debug', options.maxCharacters) : sql<null>`null`).as('live_debug_log'),
    ])
}

function liveLog(stream: 'console' | 'debug', maxCharacters: number): RawBuilder<string | null> {
  return sql<string | null>`
    case when ${sql.ref(`run_steps.${stream}_log_key`)} is null then (
      select right(string_agg(step_log_chunks.content, '' order by step_log_chunks.sequence), ${maxCharacters})
      from step_log_chunks
      where step_log_chunks.step_id = run_steps.id and step_log_chunks.stream = ${stream}
    ) end
  `
}
