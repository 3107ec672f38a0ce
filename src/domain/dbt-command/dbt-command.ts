import { shorten } from '../../util/text/one-line.ts'
import { CommandError } from './command-error.ts'
import { type Arguments, readArguments } from './read-arguments.ts'
import { splitCommand } from './split-command.ts'

/** A command of a job, as dbt 1.11 reads it. */
export interface DbtCommand extends Arguments {
  /** These words follow `dbt`. */
  readonly args: readonly string[]
}

const withThreads = new Set([
  ...['build', 'clone', 'compile', 'docs generate', 'parse', 'retry', 'run', 'run-operation', 'seed', 'show'],
  ...['snapshot', 'source freshness', 'source snapshot-freshness', 'test'],
])

/** Throws a CommandError when the text cannot be split into words of which the first is `dbt`. */
export function parseDbtCommand(text: string): DbtCommand {
  const [program, ...args] = splitCommand(text)
  if (program === undefined) throw new CommandError('The command is empty.')
  if (program !== 'dbt') {
    const sentence = 'A step can only run commands that begin with `dbt`.'
    throw new CommandError(`\`${shorten(text)}\` is not a dbt command. ${sentence}`)
  }
  return dbtCommandOf(args)
}

export function dbtCommandOf(args: readonly string[]): DbtCommand {
  return { args, ...readArguments(args) }
}

/** The value of an option that takes one, whatever its spelling; the last one counts. */
export function optionOf({ uses }: DbtCommand, name: string): string | undefined {
  return uses.findLast(({ option }) => option?.name === name)?.values?.[0]
}

/** The words of an option that takes several, or takes one several times; undefined if it is not there. */
export function wordsOf({ uses }: DbtCommand, ...names: readonly string[]): string[] | undefined {
  const found = uses.filter(({ option }) => option !== undefined && names.includes(option.name))
  return found.length === 0 ? undefined : found.flatMap(({ values = [] }) => values)
}

/** The value of a flag, undefined if it is not there. */
export function flagOf({ uses }: DbtCommand, name: string): boolean | undefined {
  const use = uses.findLast(({ option }) => option?.name === name)
  return use && !use.isNegated
}

/** The command with more options, which stand where nothing of it can take them for its own. */
export function withOptions({ args, subcommandEnd }: DbtCommand, more: readonly string[]): DbtCommand {
  return dbtCommandOf([...args.slice(0, subcommandEnd), ...more, ...args.slice(subcommandEnd)])
}

/** The command with `--threads`, which no environment variable can set, where dbt accepts it. */
export function withThreadsOption(command: DbtCommand, threads: number | undefined): DbtCommand {
  const { subcommand } = command
  if (threads === undefined || subcommand === undefined || !withThreads.has(subcommand)) return command
  if (optionOf(command, '--threads') !== undefined) return command
  return withOptions(command, ['--threads', String(threads)])
}
