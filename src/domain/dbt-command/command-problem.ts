import { largestOf } from '../../util/largest-of.ts'
import { nearestName } from '../../util/text/nearest-name.ts'
import { shorten } from '../../util/text/one-line.ts'
import { CommandError } from './command-error.ts'
import type { CommandPlace } from './command-place.ts'
import { type DbtCommand, parseDbtCommand } from './dbt-command.ts'
import type { DbtOption } from './dbt-options.ts'
import { groups, leadingOptions, subcommands } from './dbt-subcommands.ts'
import { refusedInAnyReading, refusedOption, refusedSubcommands, refusedValue } from './refused-parts.ts'
import { shellOperatorOf } from './split-command.ts'

/** Linux takes no longer argument of a program, its end included. */
const longestArgument = 128 * 1024 - 1
/** It takes no more than 2 MiB of all arguments and variables together; half of that is for the arguments. */
export const longestCommand = 1024 * 1024

/** Says why a step can never run this command there, in a whole sentence; undefined when it may. */
export function commandProblem(text: string, place: CommandPlace): string | undefined {
  try {
    if (text.includes('\0')) return 'The command has a character in it that no program can be given (NUL).'
    const command = parseDbtCommand(text)
    return (
      problemOfLength(command) ??
      problemOfShell(text) ??
      problemOfOptions(text, command, place) ??
      problemOfSubcommand(text, command, place) ??
      problemOfUnknownParts(text, command, place)
    )
  } catch (error) {
    if (error instanceof CommandError) return error.message
    throw error
  }
}

/** The command, when a step can run it; throws a CommandError with the reason when not. */
export function runnableCommand(text: string, place: CommandPlace): DbtCommand {
  const problem = commandProblem(text, place)
  if (problem !== undefined) throw new CommandError(problem)
  return parseDbtCommand(text)
}

function problemOfLength({ args }: DbtCommand): string | undefined {
  const lengths = args.map((arg) => Buffer.byteLength(arg))
  const longest = largestOf(lengths)
  if (longest > longestArgument) {
    const limit = longestArgument.toLocaleString('en')
    return `The command has an argument of ${longest.toLocaleString('en')} bytes; no program can be given one of more than ${limit}.`
  }
  // Each argument takes its end and a pointer besides.
  const whole = lengths.reduce((sum, length) => sum + length + 9, 0)
  if (whole <= longestCommand) return undefined
  return `The arguments of the command take ${whole.toLocaleString('en')} bytes; no program can be given more than ${longestCommand.toLocaleString('en')}.`
}

function problemOfShell(text: string): string | undefined {
  const operator = shellOperatorOf(text)
  if (operator === undefined) return undefined
  const found = operator === 'dbt' ? 'another `dbt` on a line of its own' : `\`${operator}\` in it`
  return `\`${shorten(text)}\` has ${found}: a step is one dbt command and not a shell's. Give each command a step of its own, and put what belongs to a value in quotes.`
}

function problemOfOptions(text: string, { uses }: DbtCommand, { roots }: CommandPlace): string | undefined {
  const shown = shorten(text)
  for (const use of uses) {
    const reason = refusedOption(use) ?? refusedValue(use, roots)
    if (reason !== undefined) return `\`${shown}\` ${reason}`
    const { option, spelling, values } = use
    if (option === undefined) continue
    if (values === undefined) return `\`${shown}\` ends after ${spelling}, which needs a value.`
    if (option.takes === 'nothing' && values.length > 0)
      return `\`${shown}\` gives ${spelling} a value, and it takes none.`
  }
  return undefined
}

function problemOfSubcommand(text: string, { subcommand }: DbtCommand, { dbt }: CommandPlace): string | undefined {
  const shown = shorten(text)
  if (subcommand === undefined) return `\`${shown}\` has no subcommand, like \`build\` in \`dbt build\`.`
  if (groups.has(subcommand)) {
    const example = [...subcommands.keys()].find((name) => name.startsWith(`${subcommand} `))
    return `\`${shown}\` has only half a subcommand, like \`dbt ${example}\`.`
  }
  const reason = refusedSubcommands.get(subcommand)
  if (reason !== undefined) return `\`${shown}\` ${reason}`
  if (subcommands.has(subcommand) || dbt === 'newer') return undefined
  const sentence = `\`${shown}\` is no command of dbt: there is no \`dbt ${shorten(subcommand)}\`.`
  return sentence + suggestion(subcommand, [...subcommands.keys()], (name) => `\`dbt ${name}\``) + hint(dbt)
}

/** The options and words that dbt 1.11 does not know. */
function problemOfUnknownParts(text: string, command: DbtCommand, { dbt }: CommandPlace): string | undefined {
  const shown = shorten(text)
  const { subcommand = '', subcommandEnd, uses, words } = command
  const known = subcommands.get(subcommand)
  const unknown = uses.find(({ option }) => option === undefined)
  if (known !== undefined && unknown === undefined) {
    if (words.length < known.words) return `\`${shown}\` ends before the word that \`dbt ${subcommand}\` needs.`
    const surplus = words[known.words]
    return surplus === undefined ? undefined : surplusWord(shown, subcommand, surplus)
  }
  if (dbt === 'newer') {
    const reason = refusedInAnyReading(command)
    return reason && `\`${shown}\` ${reason}`
  }
  if (known === undefined || unknown === undefined) return undefined
  const { spelling } = unknown
  const isLeading = unknown.position < subcommandEnd
  if (isLeading && spellingsOf(known.options).includes(spelling)) {
    return `\`${shown}\` has ${spelling} before \`${subcommand}\`, and dbt takes it only behind.`
  }
  const names = spellingsOf(isLeading ? leadingOptions : known.options)
  const place = isLeading ? `dbt takes before \`${subcommand}\`` : `\`dbt ${subcommand}\` has`
  const sentence = `\`${shown}\` has ${shorten(spelling)}, which is no option that ${place}.`
  return sentence + suggestion(spelling, names, String) + hint(dbt)
}

function spellingsOf(options: readonly DbtOption[]): string[] {
  return options.flatMap(({ spellings, negations }) => [...spellings, ...negations])
}

function suggestion(given: string, names: readonly string[], show: (name: string) => string): string {
  // dbt takes no option by its first letters, but that is how it is meant.
  const long = names.filter((name) => name.length > 2)
  const nearest = given.length > 2 && (long.find((name) => name.startsWith(given)) ?? nearestName(given, long))
  return nearest ? ` Did you mean ${show(nearest)}?` : ''
}

function hint(dbt: CommandPlace['dbt']): string {
  if (dbt !== 'unknown') return ''
  return " Stratus knows the commands of dbt 1.11; if the environment's dbt is newer, say so in its dbt_version."
}

function surplusWord(shown: string, subcommand: string, word: string): string {
  return `\`${shown}\` has the word \`${shorten(word)}\`, which belongs to no option of \`dbt ${subcommand}\`.`
}
