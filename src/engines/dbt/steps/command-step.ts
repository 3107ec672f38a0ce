import path from 'node:path'
import { ageOfDbt, type CommandPlace } from '../../../domain/dbt-command/command-place.ts'
import { runnableCommand } from '../../../domain/dbt-command/command-problem.ts'
import { type DbtCommand, withThreadsOption } from '../../../domain/dbt-command/dbt-command.ts'
import { joinWords } from '../../../domain/dbt-command/split-command.ts'
import type { PlannedStep } from '../../../domain/runs/run-step.ts'
import type { StepEnd } from '../../run-engine.ts'
import type { StepLog } from '../../steps/step-log.ts'
import { collectArtifacts } from '../output/artifacts/collect-artifacts.ts'
import { storeArtifact } from '../output/artifacts/store-artifact.ts'
import { failureMessage } from '../output/failure/failure-message.ts'
import { forgetPackages, rememberPackages } from '../packages/package-record.ts'
import { assertPackagesInside } from '../packages/packages-inside.ts'
import type { ProgramEnd } from '../processes/guardian.ts'
import { dbtOfRun } from '../program/dbt-of-run.ts'
import type { DbtProgram } from '../program/dbt-program.ts'
import { isFile } from '../program/find-on-path.ts'
import { stepNodes } from '../results/step-nodes.ts'
import { projectOf, type Run } from '../run.ts'
import { environmentOf } from '../run-environment.ts'
import { stepFolders } from '../workspace.ts'
import { cleansTarget } from './clean-targets.ts'
import { deferralNote } from './deferral-note.ts'
import { holdFolder } from './hold-folder.ts'
import { type Invocation, invokeDbt, reportVersion, showPaths } from './invoke-dbt.ts'
import { leftUndone, resumedCommand } from './resumed-command.ts'
import { stateRoots, withRunState } from './state-folders.ts'
import { stepEnd } from './step-end.ts'

/** Runs one dbt command and keeps what it left. */
export async function commandStep(run: Run, step: PlannedStep, log: StepLog): Promise<StepEnd> {
  const program = await dbtOfRun(run)
  const written = runnableCommand(step.command ?? '', placeOf(run, program))
  const folders = stepFolders(run.workspace, step.index)
  if (program.version !== undefined) reportVersion(run, program.version)
  const isClean = written.subcommand === 'clean'
  const asked = isClean ? written : await withRunState(run, written, folders.target)
  const resumed = step.resumes ? await resumedCommand(run, asked, program, log) : undefined
  const command = withThreads(run, resumed?.command ?? asked)

  log.begin(joinWords(['dbt', ...command.args]))
  const changesPackages = command.subcommand === 'deps' || isClean
  const share = await holdFolder(run, changesPackages ? 'alone' : 'shared', log)
  try {
    await warn(run, program, asked, log)
    if (command.subcommand === 'deps') await assertPackagesInside(run)
    if (changesPackages) await forgetPackages(run)
    const emptiesTarget = isClean && (await cleansTarget(run))
    await using nodes = stepNodes(run, step.index)
    const invoke = (given: DbtCommand) => invokeDbt(run, given, program, folders, log, nodes)
    const first = await invoke(command)
    const undone = resumed && isSuccess(first.end) ? await leftUndone(resumed, first, folders.target) : undefined
    if (undone !== undefined) log.say(`The command is run whole: ${undone}.`)
    if (undone !== undefined) await first.kept
    const { end, notes, kept } = undone === undefined ? first : await invoke(withThreads(run, asked))
    if (emptiesTarget && isSuccess(end)) {
      await run.hands.remove(folders.target)
      await run.hands.makeFolder(folders.target)
    }
    if (asked.args.join(' ') === 'deps' && isSuccess(end)) await rememberPackages(run)
    await Promise.all([
      kept,
      keepArtifacts(run, step, { end, notes }, folders.target, log),
      nodes.readResults(folders.target, notes, log),
    ])
    const explain = async () => {
      const { message, isHeard } = await failureMessage(folders.target, notes, end)
      const shown = showPaths(folders, message)
      if (!isHeard || log.isCut('console')) log.say(shown)
      return shown
    }
    return await stepEnd(run, end, explain, program)
  } finally {
    await share()
  }
}

/** A dbt that does not say its version judges its commands itself. */
function placeOf(run: Run, { version }: DbtProgram): CommandPlace {
  return { dbt: version === undefined ? 'newer' : ageOfDbt([version]), roots: stateRoots(run) }
}

/** A generated profile has the threads in it. */
function withThreads({ plan }: Run, command: DbtCommand): DbtCommand {
  return plan.profile.kind === 'project' ? withThreadsOption(command, plan.threads) : command
}

/** Notes in the log what its reader should know before dbt says anything. */
async function warn(run: Run, { majorVersion }: DbtProgram, command: DbtCommand, log: StepLog): Promise<void> {
  const note = deferralNote(run.plan.deferral, command, environmentOf(run))
  if (note !== undefined) log.say(note)
  if (majorVersion >= 2 && (await isFile(path.join(projectOf(run).dir, '.env')))) {
    log.say("Note: dbt 2 also reads variables from the file .env in the project's folder.")
  }
}

async function keepArtifacts(
  run: Run,
  step: PlannedStep,
  invocation: Pick<Invocation, 'end' | 'notes'>,
  target: string,
  log: StepLog,
): Promise<void> {
  const isCutShort = wasInterrupted(invocation)
  run.left = await collectArtifacts(target, run.left, {
    say: (sentence) => log.say(sentence),
    async store(relativePath, file) {
      // It names only the nodes that had ended: a rerun from failure would leave out the others.
      if (isCutShort && relativePath === 'run_results.json')
        return 'dbt was interrupted before all of its nodes had ended'
      return storeArtifact(run, { stepIndex: step.index, relativePath, file })
    },
  })
}

/** It is true when anybody but Stratus sent dbt a signal. */
function wasInterrupted({ end, notes }: Pick<Invocation, 'end' | 'notes'>): boolean {
  return end.kind === 'exited' && end.stoppedBy === undefined && (end.signal !== null || notes.isInterrupted)
}

function isSuccess(end: ProgramEnd): boolean {
  return end.kind === 'exited' && end.code === 0 && end.stoppedBy === undefined
}
