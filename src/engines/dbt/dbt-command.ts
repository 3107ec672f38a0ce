import { splitCommand } from './split-command.ts'
import { StepFailure } from './step-failure.ts'

/** A command of a job, understood as far as Stratus needs to. */
export interface DbtCommand {
  /** What follows `dbt`. */
  readonly args: readonly string[]
  /** `build`, `docs generate`, …; undefined if there is none that Stratus knows. */
  readonly subcommand: string | undefined
}

/** Stratus gives each step folders of its own and reads dbt's events: a command may not say otherwise. */
const reserved = [
  '--target-path',
  '--log-path',
  '--profiles-dir',
  '--project-dir',
  '--log-format',
  '--log-format-file',
  '--log-level-file',
  '--log-file-max-bytes',
  '--partial-parse-file-path',
]

const subcommands = new Set([
  ...['build', 'clean', 'clone', 'compile', 'debug', 'deps', 'init', 'list', 'ls', 'parse', 'retry', 'run'],
  ...['run-operation', 'seed', 'show', 'snapshot', 'test'],
])
const groups = new Set(['docs', 'source'])

const withThreads = new Set([
  ...['build', 'clone', 'compile', 'docs generate', 'parse', 'retry', 'run', 'run-operation', 'seed', 'show'],
  ...['snapshot', 'source freshness', 'test'],
])

export function parseDbtCommand(text: string): DbtCommand {
  const [program, ...args] = splitCommand(text)
  if (program === undefined) throw new StepFailure('The command is empty.')
  if (program !== 'dbt') {
    throw new StepFailure(`\`${text}\` is not a dbt command. A step can only run commands that begin with \`dbt\`.`)
  }
  const forbidden = args.map(nameOf).find((name) => reserved.includes(name))
  if (forbidden !== undefined) {
    throw new StepFailure(`\`${text}\` sets ${forbidden}, which Stratus sets itself. Remove it from the command.`)
  }
  return { args, subcommand: subcommandOf(args) }
}

/** The value of an option that takes one, in any of its spellings; the last one counts. */
export function optionOf({ args }: DbtCommand, name: string, short?: string): string | undefined {
  let value: string | undefined
  args.forEach((arg, position) => {
    if (arg === name || arg === short) value = args[position + 1]
    else if (arg.startsWith(`${name}=`)) value = arg.slice(name.length + 1)
    else if (short !== undefined && !arg.startsWith('--') && arg.startsWith(short)) value = arg.slice(short.length)
  })
  return value
}

export function hasFlag({ args }: DbtCommand, name: string): boolean {
  return args.includes(name)
}

/** The command with `--threads`, which no environment variable can set, where dbt accepts it. */
export function withThreadsOption(command: DbtCommand, threads: number | undefined): DbtCommand {
  const { subcommand } = command
  if (threads === undefined || subcommand === undefined || !withThreads.has(subcommand)) return command
  if (optionOf(command, '--threads') !== undefined) return command
  return { ...command, args: [...command.args, '--threads', String(threads)] }
}

function subcommandOf(args: readonly string[]): string | undefined {
  const position = args.findIndex((arg) => subcommands.has(arg) || groups.has(arg))
  const first = args[position]
  if (first === undefined || !groups.has(first)) return first
  const second = args.slice(position + 1).find((arg) => !arg.startsWith('-'))
  return second === undefined ? first : `${first} ${second}`
}

function nameOf(arg: string): string {
  return arg.split('=', 1)[0] ?? arg
}
