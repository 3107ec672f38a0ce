import { sql } from 'kysely'
import type { StoredAs } from '../../artifacts/artifact-store.ts'
import type { Db } from '../../db/database.ts'
import { prepared } from '../../db/prepared-statements.ts'
import type { Connection } from '../../domain/environment.ts'
import type { PlannedStep } from '../../domain/runs/run-step.ts'
import type { LogStream, StepEnd } from '../../engines/run-engine.ts'
import { isHeld, type RunLease } from '../../queue/lease.ts'
import type { Content } from '../../util/content.ts'
import { storableText } from '../../util/text/storable-text.ts'
import type { LogSpool } from '../logs/log-spool.ts'
import { SpooledLog } from '../logs/spooled-log.ts'

/** Steps are written through it, under the lease without which nothing is. */
export interface StepStore {
  readonly db: Db
  readonly lease: RunLease
  /** Does a write as often as it takes the database to answer it. */
  persist<T>(write: () => Promise<T>): Promise<T>
  /** Stores a file of a step as often as it takes the store to answer. */
  keep(step: StepRecord, key: string, content: () => Promise<Content>): Promise<StoredAs>
}

/** This is known of a step, whether it is written or not. */
export interface StepRecord {
  readonly index: number
  /** 0 until it is inserted. */
  id: number
  startedAt: Date | null
  endedAt: Date | null
  /** The command that was really run. */
  argv: string | null
  /** Says how it ended; undefined until then. */
  end: StepEnd | undefined
  /** Chunks written so far. */
  readonly sequences: Record<LogStream, number>
  readonly logs: Record<LogStream, SpooledLog>
  /** A piece of the log is about to be written. */
  readonly isShowing: Record<LogStream, boolean>
  readonly artifacts: Array<{ path: string; size: number; key: string }>
}

/** A step that has ended, and where its logs are now. */
interface ArchivedStep {
  readonly step: StepRecord
  readonly consoleKey: string | null
  readonly debugKey: string | null
}

export function newStepRecord(index: number, spool: LogSpool): StepRecord {
  return {
    index,
    id: 0,
    startedAt: null,
    endedAt: null,
    argv: null,
    end: undefined,
    sequences: { console: 0, debug: 0 },
    logs: { console: new SpooledLog(spool), debug: new SpooledLog(spool) },
    isShowing: { console: false, debug: false },
    artifacts: [],
  }
}

/** A run finds these out about itself. */
export interface RunFacts {
  started_at?: Date
  git_sha?: string
  git_branch?: string
  commit_facts?: string
  dbt_version?: string
}

/*
 * The answer of a write may be lost with its connection, and one may even arrive late, after what was written next. So
 * each is such that doing it again, or late, changes nothing.
 */

/** The first that is written makes the run a running one, unless it was ended meanwhile. */
export async function writeRun({ db, lease, persist }: StepStore, facts: RunFacts): Promise<void> {
  const update = db
    .updateTable('runs')
    .set({
      ...facts,
      status: sql`case when status = 'starting' then 'running' else status end`,
      updated_at: sql`now()`,
    })
    .where('id', '=', lease.runId)
    .where(isHeld(lease))
  await persist(() => update.execute())
}

/** Writes down the connection that the run found in its environment's own profile. */
export async function writeConnectionSeen({ db, lease, persist }: StepStore, connection: Connection): Promise<void> {
  const seen = JSON.stringify(connection)
  const update = sql`${prepared}
    update environments set connection_seen = ${seen}::jsonb
    from runs
    where runs.id = ${lease.runId} and environments.id = runs.environment_id
      and environments.connection_seen is distinct from ${seen}::jsonb and ${isHeld(lease)}
  `
  await persist(() => update.execute(db))
}

/** Answers the ids of the steps by their indexes; none when the lease is lost. */
export async function insertSteps(
  { db, lease, persist }: StepStore,
  steps: readonly PlannedStep[],
): Promise<Map<number, number>> {
  const planned = steps.map(({ index, kind, name, command = null }) => ({ index, kind, name, command }))
  const insert = sql<{ id: number; index: number }>`${prepared}
    insert into run_steps (run_id, index, kind, name, command)
    select ${lease.runId}::bigint, step.index, step.kind, step.name, step.command
    from jsonb_to_recordset(${JSON.stringify(planned)}::jsonb) as step (index integer, kind text, name text, command text)
    where ${isHeld(lease)}
    on conflict (run_id, index) do nothing
    returning run_steps.id, run_steps.index
  `
  const inserted = await persist(() => insert.execute(db))
  // Fewer: an attempt without an answer had inserted them.
  const isFirst = inserted.rows.length === steps.length
  const rows = isFirst ? inserted.rows : await persist(() => findStepIds(db, lease))
  return new Map(rows.map(({ id, index }) => [index, id]))
}

function findStepIds(db: Db, lease: RunLease): Promise<Array<{ id: number; index: number }>> {
  return db
    .selectFrom('run_steps')
    .select(['id', 'index'])
    .where('run_id', '=', lease.runId)
    .where(isHeld(lease))
    .execute()
}

export async function writeStart({ db, lease, persist }: StepStore, step: StepRecord): Promise<void> {
  const update = db
    .updateTable('run_steps')
    .set({ status: 'running', started_at: step.startedAt, updated_at: sql`now()`, argv: step.argv })
    .where('id', '=', step.id)
    .where('status', '=', 'queued')
    .where(isHeld(lease))
  await persist(() => update.execute())
}

/** Writes several steps with their artifacts; logs go to the store. Rejects after all were tried if one failed. */
export async function writeEnds(store: StepStore, steps: readonly StepRecord[]): Promise<void> {
  const archiving = Promise.allSettled(steps.map((step) => archiveLogs(store, step)))
  await recordArtifacts(store, steps)
  const archived = await archiving
  const ends = archived.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  await updateEnded(store, ends)
  const failed = archived.find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
}

async function archiveLogs(store: StepStore, step: StepRecord): Promise<ArchivedStep> {
  const debugKey = await archive(store, step, 'debug')
  // Last: it says whether the store was waited for.
  const consoleKey = await archive(store, step, 'console')
  return { step, consoleKey, debugKey }
}

/** The whole logs are in the store then, so that their chunks go. */
async function updateEnded({ db, lease, persist }: StepStore, archived: readonly ArchivedStep[]): Promise<void> {
  const ends = archived.map(({ step, consoleKey, debugKey }) => ({
    id: step.id,
    status: step.end?.status,
    message: step.end?.message === undefined ? null : storableText(step.end.message),
    argv: step.argv,
    started_at: step.startedAt,
    finished_at: step.end?.status === 'skipped' ? null : step.endedAt,
    console_log_key: consoleKey,
    debug_log_key: debugKey,
  }))
  const update = sql`${prepared}
    with ended as (
      update run_steps set
        status = ended.status,
        status_message = ended.message,
        argv = ended.argv,
        started_at = ended.started_at,
        finished_at = ended.finished_at,
        updated_at = now(),
        console_log_key = ended.console_log_key,
        debug_log_key = ended.debug_log_key
      from jsonb_to_recordset(${JSON.stringify(ends)}::jsonb) as ended (
        id bigint, status text, message text, argv text, started_at timestamptz, finished_at timestamptz,
        console_log_key text, debug_log_key text
      )
      where run_steps.id = ended.id and ${isHeld(lease)}
      returning run_steps.id, run_steps.run_id, run_steps.index
    ), left_running as (
      update run_nodes set status = 'interrupted'
      from ended
      where run_nodes.run_id = ended.run_id and run_nodes.step_index = ended.index and run_nodes.status = 'running'
    )
    delete from step_log_chunks using ended where step_log_chunks.step_id = ended.id
  `
  await persist(() => update.execute(db))
}

async function recordArtifacts({ db, lease, persist }: StepStore, steps: readonly StepRecord[]): Promise<void> {
  const files = steps.flatMap((step) => step.artifacts.map((file) => ({ step: step.index, ...file })))
  if (files.length === 0) return
  const insert = sql`${prepared}
    insert into run_artifacts (run_id, step_index, path, size_bytes, store_key)
    select ${lease.runId}::bigint, file.step, file.path, file.size, file.key
    from jsonb_to_recordset(${JSON.stringify(files)}::jsonb) as file (step integer, path text, size bigint, key text)
    where ${isHeld(lease)}
    on conflict do nothing
  `
  await persist(() => insert.execute(db))
}

/** Answers the key of the whole log; null when there was none. */
async function archive({ keep, lease }: StepStore, step: StepRecord, stream: LogStream): Promise<string | null> {
  await step.logs[stream].whole()
  if (step.logs[stream].isEmpty) return null
  const key = `logs/${lease.runId}/${lease.claim}/${step.index}/${stream}.log`
  await keep(step, key, () => step.logs[stream].whole())
  return key
}
