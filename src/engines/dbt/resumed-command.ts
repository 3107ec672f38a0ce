import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'
import { type DbtCommand, dbtCommandOf, optionOf } from '../../domain/dbt-command/dbt-command.ts'
import type { StepLog } from '../steps/step-log.ts'
import { isDiskFull } from './collect-artifacts.ts'
import type { DbtProgram } from './dbt-program.ts'
import type { Run } from './run.ts'

const earlierResults = z.object({
  metadata: z.object({ dbt_version: z.string().optional() }),
  results: z.array(z.object({ status: z.string() })),
})

/** What `dbt retry` runs again. */
const unfinished = new Set(['error', 'fail', 'skipped', 'runtime error', 'partial success'])

/** dbt 2 inherits none of these from the earlier invocation, and dbt 1 does not mind hearing them again. */
const repeated = ['--vars', '--target', '--profile', '--threads']

/** The `dbt retry` that resumes a failed command, or the whole command where that would do nothing. */
export async function resumedCommand(
  run: Run,
  command: DbtCommand,
  program: DbtProgram,
  log: StepLog,
): Promise<DbtCommand> {
  const obstacle = await fetchResults(run, program)
  if (obstacle !== undefined) {
    log.say(`The command is run whole: ${obstacle}.`)
    return command
  }
  const options = repeated.flatMap((name) => {
    const value = optionOf(command, name)
    return value === undefined ? [] : [name, value]
  })
  log.say(`Resuming run ${run.plan.retry?.runId} where this command failed.`)
  return dbtCommandOf(['retry', '--state', run.workspace.earlierResults, ...options])
}

/** Brings the earlier results into the workspace; answers why they are of no use, if so. */
async function fetchResults(run: Run, { majorVersion }: DbtProgram): Promise<string | undefined> {
  const { plan, sink, signal, workspace } = run
  if (plan.retry === undefined) return 'there is no earlier run to resume'
  const file = path.join(workspace.earlierResults, 'run_results.json')
  let text: string
  try {
    text = await sink.fetchArtifact(plan.retry.runResultsKey)
    await mkdir(workspace.earlierResults, { recursive: true })
    await writeFile(file, text, { mode: 0o600 })
  } catch (error) {
    if (signal.aborted || isDiskFull(error)) throw error
    return `the results of run ${plan.retry.runId} are not available any more`
  }
  const parsed = earlierResults.safeParse(parseJson(text))
  if (!parsed.success) return `the results of run ${plan.retry.runId} cannot be read`
  const { metadata, results } = parsed.data
  if (Number.parseInt(metadata.dbt_version ?? '', 10) !== majorVersion)
    return 'the earlier run used another version of dbt'
  if (!results.some(({ status }) => unfinished.has(status))) return 'no single model or test had failed'
  return undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // reported as unreadable
  }
}
