/** Says why a text is no command that a step can run, in one plain sentence for its author. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}
