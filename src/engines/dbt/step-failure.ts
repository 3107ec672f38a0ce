/** Why a step ends in error, in one plain sentence for its reader. Never leaves the engine. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure'
}
