import { shorten } from '../../util/text/one-line.ts'
import { CommandError } from './command-error.ts'

/**
 * The words of a command, as a POSIX shell would see them without any expansion: quotes, escapes, blanks.
 * Nothing is ever given to a shell.
 */
export function splitCommand(command: string): string[] {
  return readCommand(command).words
}

/** Finds the first part of a command that would tell a shell to do something, were there one: `;`, `&&`, `$(`. It is undefined when quotes hide all of them. */
export function shellOperatorOf(command: string): string | undefined {
  return readCommand(command).operator
}

/** Operators of a shell; a second line that begins with dbt, which somebody takes for a second command, is no less. */
const operators = /\|\|?|&&?|;|<+|>+|`|\$\(|\n[ \t]{0,40}dbt(?=\s)/y

function readCommand(command: string): { words: string[]; operator: string | undefined } {
  const words: string[] = []
  let operator: string | undefined
  let word: string | undefined
  let quote: '"' | "'" | undefined
  for (let position = 0; position < command.length; position++) {
    const character = command.charAt(position)
    if (quote === undefined && operator === undefined) {
      operators.lastIndex = position
      operator = operators.exec(command)?.[0].trim()
    }
    if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (quote === undefined && (character === '"' || character === "'")) {
      quote = character
      word ??= ''
    } else if (character === quote) {
      quote = undefined
    } else if (character === '\\' && isEscape(quote, command.charAt(position + 1))) {
      position++
      if (position === command.length) {
        throw new CommandError(`The command \`${shorten(command)}\` ends in a backslash, with nothing to escape.`)
      }
      // A backslash before the end of a line joins the lines.
      if (command.charAt(position) !== '\n') word = (word ?? '') + command.charAt(position)
    } else {
      word = (word ?? '') + character
    }
  }
  if (quote !== undefined) throw new CommandError(`The command \`${shorten(command)}\` has an open quote (${quote}).`)
  if (word !== undefined) words.push(word)
  return { words, operator }
}

function isEscape(quote: '"' | "'" | undefined, next: string): boolean {
  if (quote === undefined) return true
  return quote === '"' && /["\\$`\n]/.test(next)
}

/** The words as one line that a shell would read as the same words. */
export function joinWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ')
}
