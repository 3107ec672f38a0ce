import { CommandError } from '../../../../domain/dbt-command/command-error.ts'
import { type DbtCommand, parseDbtCommand } from '../../../../domain/dbt-command/dbt-command.ts'
import { projectOf, type Run } from '../../run.ts'
import { environmentOf } from '../../run-environment.ts'
import { findProfilesFile, noProfilesFile, type ProfilesFile } from '../read/profiles-file.ts'
import { askDbt } from './ask-dbt.ts'
import { type Choice, choiceOf, needsProfile, type Verdict } from './choice.ts'
import { resolveChoice } from './resolve-choice.ts'

/** Says what dbt will connect with in a run of a project that has its own profiles.yml. */
export interface Judgement {
  readonly profiles: ProfilesFile | undefined
  /** It is for the run's own choice, which all commands share that have no options for it. */
  readonly own: Verdict
  /** There is one for each other choice that a command makes. */
  readonly others: readonly Verdict[]
  /** Says why the first command that needs a profile cannot run. */
  readonly obstacle: string | undefined
  /** The profiles with the run's schema in them, where dbt was asked. */
  readonly text: string | undefined
}

/** Reads the files itself where that is certain, else asks dbt, which takes a second; no answer leaves it to dbt. */
export async function judgeChoices(run: Run): Promise<Judgement> {
  const { dir, checkoutRoot, projectFile: project } = projectOf(run)
  const variables = environmentOf(run)
  const commands = dbtCommandsOf(run)
  const own = ownChoice(run, variables)
  const choices = distinct([own, ...commands.map((command) => choiceOf(command, own))])
  const profiles = await findProfilesFile(dir, variables, checkoutRoot)
  const judge = async (): Promise<{ verdicts: readonly Verdict[]; text?: string | undefined }> => {
    if (profiles === undefined) {
      const reason = noProfilesFile(dir, variables, run.services.home)
      return { verdicts: choices.map(() => ({ kind: 'refused', reason })) }
    }
    const verdicts = choices.map((choice) => resolveChoice(choice, { project, profiles, variables }))
    if (!verdicts.some(({ kind }) => kind === 'unsure')) return { verdicts }
    const question = { projectFile: project.file, profilesFile: profiles.file, choices, schema: run.plan.schema }
    const asked = await askDbt(run, question)
    return { verdicts: asked?.answers ?? verdicts, text: asked?.text ?? undefined }
  }
  const { verdicts, text } = await judge()
  const of = (choice: Choice) => verdicts[choices.findIndex((one) => isSame(one, choice))]
  const first = commands.find(needsProfile)
  const verdict = first && of(choiceOf(first, own))
  return {
    profiles,
    own: of(own) ?? { kind: 'unsure', reason: 'nothing was found out' },
    others: verdicts.slice(1),
    obstacle: verdict?.kind === 'refused' ? verdict.reason : undefined,
    text,
  }
}

function ownChoice({ plan }: Run, variables: Readonly<Record<string, string>>): Choice {
  const named = plan.profile.kind === 'project' ? plan.profile.profileName : undefined
  // dbt Cloud's jobs say `default` when they ask for none in particular.
  const isDefault = plan.target === 'default'
  const inVariables = variables.DBT_ENGINE_TARGET || variables.DBT_TARGET || undefined
  return {
    profile: named ?? (variables.DBT_ENGINE_PROFILE || variables.DBT_PROFILE || undefined),
    target: isDefault || plan.target === undefined ? inVariables : plan.target,
    targetIfThere: isDefault ? plan.target : undefined,
  }
}

/** The commands that can be understood; the others end their own step. */
function dbtCommandsOf({ plan }: Run): DbtCommand[] {
  return plan.steps.flatMap(({ command }) => {
    try {
      return command === undefined ? [] : [parseDbtCommand(command)]
    } catch (error) {
      if (error instanceof CommandError) return []
      throw error
    }
  })
}

function distinct(choices: readonly Choice[]): Choice[] {
  return choices.filter((choice, position) => choices.findIndex((one) => isSame(one, choice)) === position)
}

function isSame(one: Choice, other: Choice): boolean {
  return (['profile', 'target', 'targetIfThere', 'vars'] as const).every((key) => one[key] === other[key])
}
