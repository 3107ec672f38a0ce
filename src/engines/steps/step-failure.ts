import { CommandError } from '../../domain/dbt-command/command-error.ts'
import { shorten } from '../../util/text/one-line.ts'

/** It is longer than what anybody reads; whatever looks through a message later has no more to look through. */
const maxLength = 4000

/** Says why a step ends in error, in one plain sentence for its reader. It never leaves the engine. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure'

  constructor(message: string) {
    super(shorten(message, maxLength))
  }
}

/** It is true of a reason that a person can act on: it ends the step. Any other error is a fault of Stratus and ends `execute`. */
export function endsStep(error: unknown): error is StepFailure | CommandError {
  return error instanceof StepFailure || error instanceof CommandError
}
