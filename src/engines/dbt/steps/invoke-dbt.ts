import path from 'node:path'
import { type DbtCommand, flagOf } from '../../../domain/dbt-command/dbt-command.ts'
import type { StepLog } from '../../steps/step-log.ts'
import type { FailureNotes } from '../output/failure/failure-notes.ts'
import { DbtOutput } from '../output/log/dbt-output.ts'
import type { ProgramEnd } from '../processes/guardian.ts'
import type { DbtProgram } from '../program/dbt-program.ts'
import { openPartialParse, type PartialParse } from '../program/partial-parse-cache.ts'
import type { StepNodes } from '../results/step-nodes.ts'
import { profileOf, projectOf, type Run } from '../run.ts'
import { environmentOf, stepEnvironment } from '../run-environment.ts'
import type { StepFolders } from '../workspace.ts'
import { stateVariables } from './state-folders.ts'

export interface Invocation {
  readonly end: ProgramEnd
  readonly notes: FailureNotes
  /** Resolves when what dbt parsed is kept for the next run. */
  readonly kept: Promise<void>
}

/** Runs dbt once, with its output in the step's log. */
export async function invokeDbt(
  run: Run,
  command: DbtCommand,
  program: DbtProgram,
  folders: StepFolders,
  log: StepLog,
  nodes: StepNodes,
): Promise<Invocation> {
  const partialParse = await partialParseOf(run, command, program)
  const settings = {
    // dbt removes no target folder but that of the project itself, and would refuse another.
    target: command.subcommand === 'clean' ? undefined : folders.target,
    logs: folders.logs,
    projectDir: projectOf(run).dir,
    profiles: run.workspace.profiles,
    profileName: profileOf(run).told.profile,
    targetName: profileOf(run).told.target,
    partialParseFile: partialParse?.file,
  }
  const variables = environmentOf(run)
  const states = await stateVariables(run, variables, folders.target)
  const env = stepEnvironment({ ...variables, ...states }, settings, program.majorVersion)
  const output = new DbtOutput(log, {
    debugFile: path.join(folders.logs, 'dbt.log'),
    show: (text) => showPaths(folders, text),
    onVersion: (version) => reportVersion(run, version),
    onEvent: (event) => nodes.hear(event),
  })
  const end = await readOut(output, () =>
    run.processes.run({ file: program.file, args: command.args, cwd: settings.projectDir, env }, output),
  )
  const mayKeep = end.kind === 'exited' && end.stoppedBy === undefined
  const keeping = (mayKeep && partialParse?.keep(folders.target)) || Promise.resolve()
  // Only the next run would have had use for it.
  const kept = keeping.catch((error: unknown) =>
    log.say(`What dbt parsed is not kept for the next run: ${String(error)}.`),
  )
  return { end, notes: output.notes, kept }
}

/** Reads the rest of the output, also where nothing could be run: until then its files are followed. */
async function readOut(output: DbtOutput, work: () => Promise<ProgramEnd>): Promise<ProgramEnd> {
  try {
    return await work()
  } finally {
    await output.end()
  }
}

/** The folder is gone when the run has ended; its files are artifacts by then. */
export function showPaths({ target }: StepFolders, text: string): string {
  return text.replaceAll(`${target}${path.sep}`, 'target/')
}

export function reportVersion(run: Run, version: string): void {
  if (run.dbtVersion === version) return
  run.dbtVersion = version
  void run.sink.report({ type: 'dbtVersion', version })
}

/** Says where dbt's parsed project is kept between runs; nowhere if dbt 2 runs, or the command wants nothing of it. */
async function partialParseOf(
  run: Run,
  command: DbtCommand,
  { file, majorVersion, version }: DbtProgram,
): Promise<PartialParse | undefined> {
  if (majorVersion !== 1 || flagOf(command, '--partial-parse') === false) return undefined
  const { dir, packagesFolder, checkoutRoot, slot } = projectOf(run)
  const parsedAs = {
    ...{ plan: run.plan, targetName: profileOf(run).target, dbt: version ?? file },
    ...{ projectDir: dir, packagesFolder, checkout: checkoutRoot, slot, hands: run.hands },
  }
  const copy = path.join(run.workspace.folder, 'partial_parse.msgpack')
  return openPartialParse(run.services.dataDir, parsedAs, copy)
}
