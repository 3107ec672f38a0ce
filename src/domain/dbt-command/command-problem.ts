import { nearestName } from '../../util/nearest-name.ts'
import { shorten } from '../../util/one-line.ts'
import { CommandError } from './command-error.ts'
import { type DbtCommand, parseDbtCommand } from './dbt-command.ts'
import { groups, newerSubcommands, subcommands } from './dbt-subcommands.ts'

/** Linux takes no longer argument of a program, its end included. */
const longestArgument = 128 * 1024 - 1
/** And no more of all arguments and variables together than 2 MiB; half of that is for the arguments. */
export const longestCommand = 1024 * 1024

/** Stratus gives each run folders of its own and reads dbt's events: a command may not say otherwise. */
const owned = new Set([
  ...['--target-path', '--log-path', '--profiles-dir', '--project-dir', '--log-format', '--log-format-file'],
  ...['--log-level-file', '--log-file-max-bytes', '--partial-parse-file-path'],
])

/** With one of these dbt prints something and does nothing else. */
const printing = new Set(['--help', '--version'])

/** Why a step can never run this command, in a whole sentence; undefined when it may. */
export function commandProblem(text: string): string | undefined {
  try {
    if (text.includes('\0')) return 'The command has a character in it that no program can be given (NUL).'
    const command = parseDbtCommand(text)
    return problemOfLength(command) ?? problemOfOptions(text, command) ?? problemOfSubcommand(text, command)
  } catch (error) {
    if (error instanceof CommandError) return error.message
    throw error
  }
}

/** The command, when a step can run it; throws a CommandError with the reason when not. */
export function runnableCommand(text: string): DbtCommand {
  const problem = commandProblem(text)
  if (problem !== undefined) throw new CommandError(problem)
  return parseDbtCommand(text)
}

function problemOfLength({ args }: DbtCommand): string | undefined {
  const lengths = args.map((arg) => Buffer.byteLength(arg))
  const longest = Math.max(0, ...lengths)
  if (longest > longestArgument) {
    const limit = longestArgument.toLocaleString('en')
    return `The command has an argument of ${longest.toLocaleString('en')} bytes; no program can be given one of more than ${limit}.`
  }
  // Each argument takes its end and a pointer besides.
  const whole = lengths.reduce((sum, length) => sum + length + 9, 0)
  if (whole <= longestCommand) return undefined
  return `The arguments of the command take ${whole.toLocaleString('en')} bytes; no program can be given more than ${longestCommand.toLocaleString('en')}.`
}

function problemOfOptions(text: string, { uses }: DbtCommand): string | undefined {
  const shown = shorten(text)
  for (const { option, spelling, values } of uses) {
    if (option === undefined) continue
    if (owned.has(option.name))
      return `\`${shown}\` sets ${option.name}, which Stratus sets itself. Remove it from the command.`
    if (printing.has(option.name))
      return `\`${shown}\` has the option ${spelling}, with which dbt does nothing but print.`
    if (values === undefined) return `\`${shown}\` ends after ${spelling}, which needs a value.`
  }
  return undefined
}

function problemOfSubcommand(text: string, { subcommand, uses, words }: DbtCommand): string | undefined {
  const shown = shorten(text)
  if (subcommand === undefined) return `\`${shown}\` has no subcommand, like \`build\` in \`dbt build\`.`
  if (newerSubcommands.has(subcommand)) return undefined
  if (groups.has(subcommand)) {
    const example = [...subcommands.keys()].find((name) => name.startsWith(`${subcommand} `))
    return `\`${shown}\` has only half a subcommand, like \`dbt ${example}\`.`
  }
  const known = subcommands.get(subcommand)
  if (known === undefined) {
    const nearest = nearestName(subcommand, [...subcommands.keys()])
    const question = nearest === undefined ? '' : ` Did you mean \`dbt ${nearest}\`?`
    return `\`${shown}\` is no command of dbt: there is no \`dbt ${shorten(subcommand)}\`.${question}`
  }
  if (subcommand === 'docs serve') return `\`${shown}\` serves pages until it is stopped, so its run would never end.`
  const isCertain = uses.every(({ option }) => option !== undefined)
  const surplus = words[known.words]
  if (isCertain && surplus !== undefined) return surplusWord(shown, subcommand, surplus)
  return undefined
}

function surplusWord(shown: string, subcommand: string, word: string): string {
  if (/^[&|;<>]+$/.test(word)) {
    return `\`${shown}\` has \`${word}\` in it: a step is one dbt command and not a shell's. Give each command a step of its own.`
  }
  return `\`${shown}\` has the word \`${shorten(word)}\`, which belongs to no option of \`dbt ${subcommand}\`.`
}
