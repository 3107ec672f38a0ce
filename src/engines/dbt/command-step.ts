import path from 'node:path'
import { runnableCommand } from '../../domain/dbt-command/command-problem.ts'
import { type DbtCommand, flagOf, withThreadsOption } from '../../domain/dbt-command/dbt-command.ts'
import { joinWords } from '../../domain/dbt-command/split-command.ts'
import type { PlannedStep } from '../../domain/run-step.ts'
import type { StepEnd } from '../run-engine.ts'
import type { StepLog } from '../steps/step-log.ts'
import { collectArtifacts } from './collect-artifacts.ts'
import { DbtOutput } from './dbt-output.ts'
import type { DbtProgram } from './dbt-program.ts'
import { failureMessage } from './failure-message.ts'
import { isFile } from './find-on-path.ts'
import type { ProgramEnd } from './guardian.ts'
import { openPartialParse, type PartialParse } from './partial-parse-cache.ts'
import { programOf } from './program-of.ts'
import { resumedCommand } from './resumed-command.ts'
import { profileOf, projectOf, type Run } from './run.ts'
import { environmentOf, stepEnvironment } from './run-environment.ts'
import { StepFailure } from './step-failure.ts'
import { storeArtifact } from './store-artifact.ts'
import { stepFolders } from './workspace.ts'

/** Runs one dbt command and keeps what it left. */
export async function commandStep(run: Run, step: PlannedStep, log: StepLog): Promise<StepEnd> {
  const asked = runnableCommand(step.command ?? '')
  const environment = environmentOf(run)
  const program = await programOf(run)
  const folders = stepFolders(run.workspace, step.index)
  if (program.version !== undefined) reportVersion(run, program.version)
  const command = await commandToRun(run, step, asked, program, log)
  const partialParse = await partialParseOf(run, asked, program)
  const settings = {
    ...folders,
    projectDir: projectOf(run).dir,
    profiles: run.workspace.profiles,
    profileName: profileOf(run).told.profile,
    targetName: profileOf(run).told.target,
    partialParseFile: partialParse?.file,
  }
  const env = stepEnvironment(environment, settings, program.majorVersion)

  log.begin(joinWords(['dbt', ...command.args]))
  const release = await holdFolder(run, command, log)
  try {
    await warnOfDotEnv(run, program, log)
    // The folder is gone when the run has ended; its files are artifacts by then.
    const show = (text: string) => text.replaceAll(`${folders.target}${path.sep}`, 'target/')
    const output = new DbtOutput(log, {
      debugFile: path.join(folders.logs, 'dbt.log'),
      show,
      onVersion: (version) => reportVersion(run, version),
    })
    const end = await run.processes.run(
      { file: program.file, args: command.args, cwd: settings.projectDir, env },
      output,
    )
    await output.end()
    if (end.kind === 'exited' && end.stoppedBy === undefined) await partialParse?.keep(folders.target)
    run.left = await collectArtifacts(folders.target, run.left, (relativePath, file) =>
      storeArtifact(run, log, { stepIndex: step.index, relativePath, file }),
    )
    const explain = async () => {
      const { message, isHeard } = await failureMessage(folders.target, output.notes, end)
      if (!isHeard || log.isCut('console')) log.say(show(message))
      return show(message)
    }
    return await stepEnd(run, end, explain, program)
  } finally {
    release()
  }
}

/** The step's own command, or what resumes it in a retried run. */
async function commandToRun(
  run: Run,
  step: PlannedStep,
  asked: DbtCommand,
  program: DbtProgram,
  log: StepLog,
): Promise<DbtCommand> {
  const command = step.resumes ? await resumedCommand(run, asked, program, log) : asked
  // A generated profile has the threads in it.
  return run.plan.profile.kind === 'project' ? withThreadsOption(command, run.plan.threads) : command
}

function reportVersion(run: Run, version: string): void {
  if (run.dbtVersion === version) return
  run.dbtVersion = version
  run.sink.dbtVersion(version)
}

/** Where dbt's parsed project is kept between runs; nowhere if dbt 2 runs, or the command wants nothing of it. */
async function partialParseOf(
  run: Run,
  command: DbtCommand,
  { majorVersion, version }: DbtProgram,
): Promise<PartialParse | undefined> {
  if (majorVersion !== 1 || version === undefined || flagOf(command, '--partial-parse') === false) return undefined
  const { dir, packagesFolder, slot } = projectOf(run)
  const parsedAs = {
    ...{ plan: run.plan, targetName: profileOf(run).target, dbtVersion: version },
    ...{ projectDir: dir, packagesFolder, slot },
  }
  const copy = path.join(run.workspace.folder, 'partial_parse.msgpack')
  return openPartialParse(run.services.dataDir, parsedAs, copy)
}

/** Commands that replace dbt_packages have a shared folder to themselves. */
async function holdFolder(run: Run, { subcommand }: DbtCommand, log: StepLog): Promise<() => void> {
  const { dir, shared } = projectOf(run)
  if (!shared) return () => {}
  const mode = subcommand === 'deps' || subcommand === 'clean' ? 'alone' : 'shared'
  return run.services.locks.acquire(dir, mode, run.signal, () => {
    log.say("Waiting for another run that works in the project's folder.")
    log.flush()
  })
}

async function warnOfDotEnv(run: Run, { majorVersion }: DbtProgram, log: StepLog): Promise<void> {
  if (majorVersion >= 2 && (await isFile(path.join(projectOf(run).dir, '.env')))) {
    log.say("Note: dbt 2 also reads variables from the file .env in the project's folder.")
  }
}

/** Exit codes above 0 mean different things in dbt 1 and 2; that it is 0 means the same. */
async function stepEnd(
  { signal }: Run,
  end: ProgramEnd,
  explain: () => Promise<string>,
  { file }: DbtProgram,
): Promise<StepEnd> {
  if (end.kind === 'not started') throw new StepFailure(startFailure(file, end.code, end.message))
  if (end.kind === 'lost') {
    if (signal.aborted) return { status: 'cancelled' }
    throw new StepFailure('The process that guards dbt was killed, and dbt with it.')
  }
  if (end.stoppedBy !== undefined) {
    if (signal.aborted) return { status: 'cancelled' }
    throw new StepFailure('dbt was stopped, because the worker did not renew its hold on the run in time.')
  }
  return end.code === 0 ? { status: 'success' } : { status: 'error', message: await explain() }
}

function startFailure(file: string, code: string | null, message: string): string {
  if (code === 'E2BIG') return 'The command and the variables of its run are longer than the operating system takes.'
  const reason = code === 'ENOENT' ? 'the interpreter that its first line names does not exist' : message
  return `The dbt program ${file} could not be started: ${reason}.`
}
