import { type DbtCommand, optionOf } from '../../../../domain/dbt-command/dbt-command.ts'
import type { ProfileOutput } from '../read/profiles-file.ts'

/** The choice of a run or one of its commands among the profiles; what it leaves out is for the files to say. */
export interface Choice {
  readonly profile?: string | undefined
  readonly target?: string | undefined
  /** Comes before it where the profile has a target of this name. */
  readonly targetIfThere?: string | undefined
  /** The command's own `--vars`, which Jinja in the files may ask for. */
  readonly vars?: string | undefined
}

/** Says what dbt will make of a choice. */
export type Verdict =
  | {
      readonly kind: 'known'
      readonly name: string
      readonly target: string
      /** It is at least what Stratus needs of it. */
      readonly output: ProfileOutput
      /** The part of it that may be told. */
      readonly shown: ProfileOutput
    }
  /** dbt will end with an error. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Only dbt can say. */
  | { readonly kind: 'unsure'; readonly reason: string }

/** Neither of these reads a profile, so that both work without one; `debug` and `init` say themselves what is wrong. */
const withoutProfile = new Set(['clean', 'debug', 'deps', 'init'])

export function needsProfile({ subcommand }: DbtCommand): boolean {
  return subcommand !== undefined && !withoutProfile.has(subcommand)
}

/** A command chooses by its own options, and by the run's where it has none. */
export function choiceOf(command: DbtCommand, run: Choice): Choice {
  const target = optionOf(command, '--target')
  return {
    profile: optionOf(command, '--profile') ?? run.profile,
    target: target ?? run.target,
    targetIfThere: target === undefined ? run.targetIfThere : undefined,
    vars: optionOf(command, '--vars'),
  }
}
