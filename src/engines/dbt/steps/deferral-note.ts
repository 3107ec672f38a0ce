import type { DbtCommand } from '../../../domain/dbt-command/dbt-command.ts'
import { optionOf } from '../../../domain/dbt-command/dbt-command.ts'
import type { Deferral } from '../../run-engine.ts'

/** In dbt Cloud these get the state of what their job defers to. */
const deferring = new Set([
  ...['build', 'clone', 'compile', 'docs generate', 'list', 'ls', 'run', 'seed', 'show', 'snapshot', 'test'],
])

/** Writes the note in a step's log when its job defers to something and the command brings no state of its own. */
export function deferralNote(
  deferral: Deferral | undefined,
  command: DbtCommand,
  environment: Readonly<Record<string, string>>,
): string | undefined {
  if (deferral === undefined || !deferring.has(command.subcommand ?? '')) return undefined
  if (optionOf(command, '--state') !== undefined || environment.DBT_STATE !== undefined) return undefined
  return (
    `Note: the job defers to ${deferral.kind} ${deferral.id}, which Stratus does not do yet: ` +
    'dbt gets no state to compare with or to defer to. A command may name a folder with --state.'
  )
}
