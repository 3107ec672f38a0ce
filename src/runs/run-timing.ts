import { text } from 'node:stream/consumers'
import * as z from 'zod'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import type { Db } from '../db/database.ts'
import type { RunStepRow } from '../db/schema/run-steps.ts'
import { findSteps } from './step-queries.ts'

export interface NodeTiming {
  readonly unique_id: string
  readonly status: string
  readonly started_at: string | null
  readonly completed_at: string | null
  readonly execution_time: number
  readonly thread_id: string | null
}

export interface StepTiming {
  readonly step: RunStepRow
  /** Null when the step left no results, or more than can be read at once. */
  readonly nodes: readonly NodeTiming[] | null
}

/** JSON is parsed on the one thread that answers everybody: 4 MB take some 20 ms. */
const maxBytes = 4 * 1024 * 1024

const timing = z.object({ name: z.string(), started_at: z.string().nullish(), completed_at: z.string().nullish() })
const results = z.object({
  results: z.array(
    z.object({
      unique_id: z.string(),
      status: z.string(),
      execution_time: z.number().catch(0),
      thread_id: z.string().nullish(),
      timing: z.array(timing).catch([]),
    }),
  ),
})

/** When each step of a run and each node within it ran, as dbt's results say. */
export async function readRunTiming(ctx: { db: Db; artifacts: ArtifactStore }, runId: number): Promise<StepTiming[]> {
  const [steps, files] = await Promise.all([
    findSteps(ctx.db, [runId]),
    ctx.db
      .selectFrom('run_artifacts')
      .select(['step_index', 'store_key', 'size_bytes'])
      .where('run_id', '=', runId)
      .where('path', '=', 'run_results.json')
      .execute(),
  ])
  const timings: StepTiming[] = []
  for (const step of steps) {
    const file = files.find((each) => each.step_index === step.index && each.size_bytes <= maxBytes)
    timings.push({ step, nodes: file === undefined ? null : await readNodes(ctx.artifacts, file.store_key) })
  }
  return timings
}

async function readNodes(artifacts: ArtifactStore, key: string): Promise<NodeTiming[] | null> {
  const content = await artifacts.get(key)
  const parsed = results.safeParse(content === undefined ? undefined : parseJson(await text(content)))
  if (!parsed.success) return null
  return parsed.data.results.map((result) => {
    const execute = result.timing.find(({ name }) => name === 'execute')
    return {
      unique_id: result.unique_id,
      status: result.status,
      started_at: execute?.started_at ?? null,
      completed_at: execute?.completed_at ?? null,
      execution_time: result.execution_time,
      thread_id: result.thread_id ?? null,
    }
  })
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return undefined // a file that dbt could not finish
  }
}
