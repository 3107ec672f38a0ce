/** A failure its reader can do something about: shown as its message alone, without a stack. */
export class PlainError extends Error {
  name = 'PlainError'
}

/**
 * Runs a script's main function; its number, or 1 after an error, becomes the exit code.
 * The process is ended then and there: what main has abandoned must not keep it alive.
 */
export async function runMain(main) {
  let code = 1
  try {
    code = await main()
  } catch (error) {
    console.error(error instanceof PlainError ? `Error: ${error.message}` : error)
  }
  process.exit(code)
}
