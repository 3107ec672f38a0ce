import type { Command } from 'commander'

/**
 * Collects an option that is given several times. An option that takes all words after it would take the argument
 * behind it, too.
 */
export function repeatable(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value]
}

export function serverChoice(command: Command): Command {
  return command
    .option('--url <url>', 'the server (STRATUS_URL; else that of this folder, else the only one running)')
    .option('--data-dir <folder>', 'find the server by its data folder')
}
