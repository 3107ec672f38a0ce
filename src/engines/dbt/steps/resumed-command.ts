import path from 'node:path'
import * as z from 'zod'
import { type DbtCommand, dbtCommandOf, optionOf } from '../../../domain/dbt-command/dbt-command.ts'
import { subcommands } from '../../../domain/dbt-command/dbt-subcommands.ts'
import type { OptionUse } from '../../../domain/dbt-command/read-arguments.ts'
import { errorCode } from '../../../util/error-code.ts'
import { readForeign } from '../../../util/files/open-foreign.ts'
import { parseJson } from '../../../util/objects/parse-json.ts'
import { type EarlierResults, fetchEarlierResults, withoutParsedProject } from '../../steps/earlier-results.ts'
import type { StepLog } from '../../steps/step-log.ts'
import type { DbtProgram } from '../program/dbt-program.ts'
import { profileOf, type Run } from '../run.ts'
import { environmentOf } from '../run-environment.ts'
import { isDiskFull } from './disk-full.ts'
import type { Invocation } from './invoke-dbt.ts'

/** A `dbt retry` stands in place of a failed command. */
export interface ResumedCommand {
  readonly command: DbtCommand
  /** The nodes that it has to run again. */
  readonly unfinished: readonly string[]
}

const ownResults = z.object({
  metadata: z.object({ invocation_id: z.string().nullish() }),
  results: z.array(z.object({ unique_id: z.string() })),
})

/** Parsing a larger one would hold up the worker; it is none of a dbt that did nothing. */
const maxSize = 16 * 1024 * 1024

/** dbt 1 takes all options from the earlier invocation but these; to repeat the others does no harm. */
const notRepeated = new Set(['--state', '--defer', '--favor-state'])

/** dbt 2 takes no options from the earlier invocation, and resumes fewer commands. */
const resumedByVersion2 = new Set(['build', 'compile', 'run', 'seed', 'snapshot', 'test'])
const lostByVersion2 = new Set(['--state', '--defer', '--favor-state', '--defer-state'])

/** The `dbt retry` that resumes a failed command; undefined where the whole command has to be run. */
export async function resumedCommand(
  run: Run,
  command: DbtCommand,
  program: DbtProgram,
  log: StepLog,
): Promise<ResumedCommand | undefined> {
  const results = await placeResults(run, log)
  const obstacle = typeof results === 'string' ? results : obstacleTo(run, command, program, results)
  if (typeof results === 'string' || obstacle !== undefined) {
    log.say(`The command is run whole: ${obstacle}.`)
    return undefined
  }
  log.say(`Resuming run ${run.plan.retry?.runId} where this command failed.`)
  return { command: retryOf(command, run.workspace.earlierResults), unfinished: results.unfinished }
}

/** Says what a `dbt retry` that succeeded has left undone of the failed command; undefined if nothing. */
export async function leftUndone(
  { unfinished }: ResumedCommand,
  { notes }: Invocation,
  target: string,
): Promise<string | undefined> {
  let ids: Set<string> | undefined
  try {
    const text = await readForeign(path.join(target, 'run_results.json'), { maxBytes: maxSize, below: target })
    ids = idsOfInvocation(text.toString(), notes.invocationId)
  } catch (error) {
    if (errorCode(error) === 'EFBIG') return undefined // otherwise there is none
  }
  if (ids === undefined || ids.size === 0) return 'dbt retry did nothing'
  const missing = unfinished.find((id) => !ids.has(id))
  return missing === undefined ? undefined : `dbt retry left out ${missing}`
}

/** Brings the earlier results into the workspace; answers why they are of no use, if so. */
async function placeResults(
  { plan, sink, signal, workspace, hands }: Run,
  log: StepLog,
): Promise<EarlierResults | string> {
  const fetched = await fetchEarlierResults(plan, sink, (sentence) => log.say(sentence))
  if (typeof fetched === 'string') return fetched
  const { text, results } = fetched
  try {
    await hands.makeReadable(workspace.earlierResults)
    await hands.place(path.join(workspace.earlierResults, 'run_results.json'), withoutParsedProject(text))
  } catch (error) {
    if (signal.aborted || isDiskFull(error)) throw error
    return `the results of run ${plan.retry?.runId} could not be put into the workspace`
  }
  return results
}

function obstacleTo(
  run: Run,
  command: DbtCommand,
  { majorVersion }: DbtProgram,
  results: EarlierResults,
): string | undefined {
  if (results.majorVersion !== majorVersion) return 'the earlier run used another version of dbt'
  if (results.gap !== undefined) return results.gap
  const own = results.states.find((folder) => folder.startsWith(run.services.dataDir + path.sep))
  if (own !== undefined) return 'the earlier run compared with what its own steps had left'
  if (majorVersion >= 2) return obstacleOfVersion2(command)
  // A choice that nobody made is the project's own, which only dbt knows.
  const { told } = profileOf(run)
  const { DBT_TARGET, DBT_PROFILE } = environmentOf(run)
  const target = optionOf(command, '--target') ?? told.target ?? DBT_TARGET
  if (results.target !== target) return 'the earlier run used another target'
  const profile = optionOf(command, '--profile') ?? told.profile ?? DBT_PROFILE
  return results.profile === profile ? undefined : 'the earlier run used another profile'
}

function obstacleOfVersion2({ subcommand, uses }: DbtCommand): string | undefined {
  if (!resumedByVersion2.has(subcommand ?? '')) return `dbt 2 does not resume \`dbt ${subcommand}\``
  const lost = uses.find(({ option }) => option === undefined || lostByVersion2.has(option.name))
  return lost && `dbt 2 does not resume a command with ${lost.spelling}`
}

function retryOf(command: DbtCommand, state: string): DbtCommand {
  const known = new Set(subcommands.get('retry')?.options)
  const repeated = command.uses.flatMap((use) =>
    use.option !== undefined && known.has(use.option) && !notRepeated.has(use.option.name) ? wordsOfUse(use) : [],
  )
  return dbtCommandOf(['retry', '--state', state, ...repeated])
}

function wordsOfUse({ option, spelling, isNegated, values = [] }: OptionUse): string[] {
  if (isNegated) return [spelling]
  return [option?.name ?? spelling, ...values]
}

function idsOfInvocation(text: string, invocationId: string | undefined): Set<string> | undefined {
  const parsed = ownResults.safeParse(parseJson(text))
  if (!parsed.success || parsed.data.metadata.invocation_id !== invocationId) return undefined
  return new Set(parsed.data.results.map(({ unique_id }) => unique_id))
}
