import { anywhere } from './command-place.ts'
import { commandProblem } from './command-problem.ts'
import { parseDbtCommand } from './dbt-command.ts'

const resumable = new Set([
  'build',
  'clone',
  'compile',
  'docs generate',
  'run',
  'run-operation',
  'seed',
  'snapshot',
  'test',
])

/** It is true when `dbt retry` knows how to resume this command. */
export function canBeResumed(command: string): boolean {
  if (commandProblem(command, anywhere) !== undefined) return false
  const { subcommand } = parseDbtCommand(command)
  return subcommand !== undefined && resumable.has(subcommand)
}
