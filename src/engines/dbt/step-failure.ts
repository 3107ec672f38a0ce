import { shorten } from '../../util/one-line.ts'

/** Longer than what anybody reads; whatever looks through a message later has no more to look through. */
const maxLength = 4000

/** Why a step ends in error, in one plain sentence for its reader. Never leaves the engine. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure'

  constructor(message: string) {
    super(shorten(message, maxLength))
  }
}
