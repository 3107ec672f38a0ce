import type { DbtOption } from './dbt-options.ts'
import { groups, leadingOptions, newerSubcommands, subcommands } from './dbt-subcommands.ts'

/** An option as it stands in a command. */
export interface OptionUse {
  /** Says where in the arguments it stands. */
  readonly position: number
  /** The text as it was written. */
  readonly spelling: string
  /** It is undefined when dbt 1.11 has no such option: a newer one may. */
  readonly option: DbtOption | undefined
  readonly isNegated: boolean
  /** The words that belong to it: none, a value or several; undefined when the value is missing. A flag has one only by mistake. */
  readonly values: readonly string[] | undefined
}

export interface Arguments {
  /** `build`, `docs generate`, …; the first word, or that of a group alone, when dbt 1.11 has no such subcommand. */
  readonly subcommand: string | undefined
  /** Says where in the arguments the subcommand ends. */
  readonly subcommandEnd: number
  readonly uses: readonly OptionUse[]
  /** These words belong to no option. */
  readonly words: readonly string[]
}

/** Reads arguments by the rules of click, with which dbt 1 reads them. */
export function readArguments(args: readonly string[]): Arguments {
  const uses: OptionUse[] = []
  const words: string[] = []
  let subcommand: string | undefined
  let subcommandEnd = 0
  let known = leadingOptions
  let isOpen = true
  for (let position = 0; position < args.length; position++) {
    const arg = args[position] ?? ''
    const takesMore = subcommand === undefined || groups.has(subcommand)
    if (isOpen && arg === '--') {
      isOpen = takesMore
    } else if (isOpen && arg.startsWith('-') && arg.length > 1) {
      const read = readOption(args, position, known, takesMore)
      for (const use of read.uses) uses.push(use)
      position = read.last
    } else if (takesMore) {
      subcommand = subcommand === undefined ? arg : `${subcommand} ${arg}`
      subcommandEnd = position + 1
      known = subcommands.get(subcommand)?.options ?? leadingOptions
    } else {
      words.push(arg)
    }
  }
  return { subcommand, subcommandEnd, uses, words }
}

interface ReadOption {
  readonly uses: OptionUse[]
  /** Says where the last word of it stands. */
  readonly last: number
}

function readOption(
  args: readonly string[],
  position: number,
  known: readonly DbtOption[],
  isLeading: boolean,
): ReadOption {
  const arg = args[position] ?? ''
  if (!arg.startsWith('--')) return readLetters(args, position, known)
  const equals = arg.indexOf('=')
  const spelling = equals < 0 ? arg : arg.slice(0, equals)
  const given = equals < 0 ? undefined : arg.slice(equals + 1)
  const option = optionOf(known, spelling)
  if (option === undefined) return readUnknown(args, position, spelling, given, isLeading)
  return readValues(args, position, option, spelling, given)
}

const bySpelling = new WeakMap<readonly DbtOption[], ReadonlyMap<string, DbtOption>>()

/** A command may have as many options as its request has room for: each is found at once. */
function optionOf(known: readonly DbtOption[], spelling: string): DbtOption | undefined {
  let options = bySpelling.get(known)
  if (options === undefined) {
    // The first one that has a spelling is the one that counts.
    options = new Map(
      known.toReversed().flatMap((option) => [...option.spellings, ...option.negations].map((each) => [each, option])),
    )
    bySpelling.set(known, options)
  }
  return options.get(spelling)
}

/** `-x`, `-xf`, `-s model`, `-smodel`, `-xs model`. */
function readLetters(args: readonly string[], position: number, known: readonly DbtOption[]): ReadOption {
  const arg = args[position] ?? ''
  const uses: OptionUse[] = []
  for (let letter = 1; letter < arg.length; letter++) {
    const spelling = `-${arg.charAt(letter)}`
    const option = optionOf(known, spelling)
    if (option === undefined || option.takes === 'nothing') {
      uses.push({ position, spelling, option, isNegated: false, values: [] })
    } else {
      const rest = arg.slice(letter + 1)
      const read = readValues(args, position, option, spelling, rest === '' ? undefined : rest)
      return { ...read, uses: [...uses, ...read.uses] }
    }
  }
  return { uses, last: position }
}

function readValues(
  args: readonly string[],
  position: number,
  option: DbtOption,
  spelling: string,
  given: string | undefined,
): ReadOption {
  const use = { position, spelling, option, isNegated: option.negations.includes(spelling) }
  if (option.takes === 'nothing')
    return { uses: [{ ...use, values: given === undefined ? [] : [given] }], last: position }
  // The first word belongs to the option whatever it looks like.
  const first = given ?? args[position + 1]
  if (first === undefined) return { uses: [{ ...use, values: undefined }], last: position }
  const firstAt = given === undefined ? position + 1 : position
  if (option.takes === 'a value') return { uses: [{ ...use, values: [first] }], last: firstAt }
  const more = plainWords(args, firstAt + 1)
  return { uses: [{ ...use, values: [...first.split(' '), ...more] }], last: firstAt + more.length }
}

/** Guesses whether an option that nobody knows takes values: the words that follow it are taken for its values. */
function readUnknown(
  args: readonly string[],
  position: number,
  spelling: string,
  given: string | undefined,
  isLeading: boolean,
): ReadOption {
  const use = { position, spelling, option: undefined, isNegated: false }
  if (given !== undefined) return { uses: [{ ...use, values: [given] }], last: position }
  const following = plainWords(args, position + 1)
  const first = following[0]
  const isSubcommand = first !== undefined && isFirstWordOfSubcommand(first)
  const values = !isLeading ? following : isSubcommand ? [] : following.slice(0, 1)
  return { uses: [{ ...use, values }], last: position + values.length }
}

function plainWords(args: readonly string[], from: number): string[] {
  let end = from
  while (end < args.length && !args[end]?.startsWith('-')) end++
  return args.slice(from, end)
}

function isFirstWordOfSubcommand(word: string): boolean {
  return subcommands.has(word) || groups.has(word) || newerSubcommands.has(word)
}
