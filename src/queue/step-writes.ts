import { sql } from 'kysely'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import type { Db } from '../db/database.ts'
import { planKept } from '../db/kept-plans.ts'
import type { PlannedStep } from '../domain/run-step.ts'
import type { LogStream, StepEnd } from '../engines/run-engine.ts'
import { storableText } from '../util/storable-text.ts'
import { isHeld, type RunLease } from './lease.ts'
import { archiveLog } from './step-logs.ts'

/** Where steps are written, under the lease without which nothing is. */
export interface StepStore {
  readonly db: Db
  readonly artifacts: ArtifactStore
  readonly lease: RunLease
}

/** What is known of a step, written or not. */
export interface StepRecord {
  readonly index: number
  /** Known from the first write on. */
  id: number
  startedAt: Date | null
  endedAt: Date | null
  /** The command that was really run. */
  argv: string | null
  /** How it ended; undefined until then. */
  end: StepEnd | undefined
  /** Chunks written so far. */
  readonly sequences: Record<LogStream, number>
  /** Said and not yet written. */
  readonly unwritten: Record<LogStream, string>
  readonly artifacts: Array<{ path: string; size: number; key: string }>
}

/** A step that has ended, and where its logs are now. */
interface ArchivedStep {
  readonly step: StepRecord
  readonly consoleKey: string | null
  readonly debugKey: string | null
}

export function newStepRecord(index: number): StepRecord {
  return {
    index,
    id: 0,
    startedAt: null,
    endedAt: null,
    argv: null,
    end: undefined,
    sequences: { console: 0, debug: 0 },
    unwritten: { console: '', debug: '' },
    artifacts: [],
  }
}

/** What a run finds out about itself. */
export interface RunFacts {
  started_at?: Date
  git_sha?: string
  git_branch?: string
  dbt_version?: string
}

/** The first that is written makes the run a running one, unless it was ended meanwhile. */
export async function writeRun({ db, lease }: StepStore, facts: RunFacts): Promise<void> {
  await db
    .updateTable('runs')
    .set({
      ...facts,
      status: sql`case when status = 'starting' then 'running' else status end`,
      updated_at: sql`now()`,
    })
    .where('id', '=', lease.runId)
    .where(isHeld(lease))
    .execute()
}

/** Answers the ids of the steps by their indexes. */
export async function insertSteps(
  { db, lease: { runId } }: StepStore,
  steps: readonly PlannedStep[],
): Promise<Map<number, number>> {
  const rows = await db
    .insertInto('run_steps')
    .values(steps.map(({ index, kind, name, command = null }) => ({ run_id: runId, index, kind, name, command })))
    .returning(['id', 'index'])
    .execute()
  return new Map(rows.map(({ id, index }) => [index, id]))
}

export async function writeStart({ db, lease }: StepStore, step: StepRecord): Promise<void> {
  await db
    .updateTable('run_steps')
    .set({ status: 'running', started_at: step.startedAt, updated_at: sql`now()`, argv: step.argv })
    .where('id', '=', step.id)
    .where(isHeld(lease))
    .execute()
}

/** Of several steps at once, with their artifacts; their logs go to the store. Rejects when one could not, after the others. */
export async function writeEnds(store: StepStore, steps: readonly StepRecord[]): Promise<void> {
  await recordArtifacts(store, steps)
  const archived = await Promise.allSettled(steps.map((step) => archiveLogs(store, step)))
  const ends = archived.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  await updateEnded(store, ends)
  const failed = archived.find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
}

async function archiveLogs(store: StepStore, step: StepRecord): Promise<ArchivedStep> {
  const [consoleKey, debugKey] = await Promise.all([archive(store, step, 'console'), archive(store, step, 'debug')])
  return { step, consoleKey, debugKey }
}

async function updateEnded({ db, lease }: StepStore, archived: readonly ArchivedStep[]): Promise<void> {
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
  const { rows } = await sql<{ id: number }>`${planKept}
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
    returning run_steps.id
  `.execute(db)
  // Without the update the chunks are all that is left of the log.
  const updated = new Set(rows.map(({ id }) => id))
  const ids = archived
    .filter(({ step }) => updated.has(step.id) && step.sequences.console + step.sequences.debug > 0)
    .map(({ step }) => step.id)
  if (ids.length === 0) return
  await db.deleteFrom('step_log_chunks').where('step_id', 'in', ids).execute()
}

async function recordArtifacts({ db, lease }: StepStore, steps: readonly StepRecord[]): Promise<void> {
  const files = steps.flatMap((step) => step.artifacts.map((file) => ({ step: step.index, ...file })))
  if (files.length === 0) return
  await sql`${planKept}
    insert into run_artifacts (run_id, step_index, path, size_bytes, store_key)
    select ${lease.runId}::bigint, file.step, file.path, file.size, file.key
    from jsonb_to_recordset(${JSON.stringify(files)}::jsonb) as file (step integer, path text, size bigint, key text)
    where ${isHeld(lease)}
  `.execute(db)
}

async function archive(store: StepStore, step: StepRecord, stream: LogStream): Promise<string | null> {
  const { runId, claim } = store.lease
  const rest = step.unwritten[stream]
  step.unwritten[stream] = ''
  if (step.sequences[stream] === 0 && rest === '') return null
  const key = `logs/${runId}/${claim}/${step.index}/${stream}.log`
  return archiveLog(store, { stepId: step.id, stream, key, hasChunks: step.sequences[stream] > 0, rest })
}
