import { type Colour, paint } from '../output/colours.ts'

/** dbt paints these words; its logs come without colours, since most of their readers have no terminal. */
const colourOf: Readonly<Record<string, Colour>> = {
  ERROR: 'red',
  FAIL: 'red',
  WARN: 'yellow',
  SKIP: 'yellow',
}

/** A line of dbt's log with the colours that dbt gives it in a terminal; a line that has colours of its own is left alone. */
export function paintLogLine(line: string): string {
  if (line.includes('\u001b')) return line
  const text = line.trimEnd()
  const open = text.endsWith(']') ? text.lastIndexOf('[') : -1
  const [word = ''] = open < 0 ? [] : text.slice(open + 1, -1).split(' ', 1)
  if (isResult(word)) return `${text.slice(0, open + 1)}${paintResult(word, text.slice(open + 1, -1))}]`
  if (text.includes('Completed successfully')) return paint('green', text)
  if (/^[\d:]{0,12}\s{0,4}Completed with \d+ (?:partial success|error)/.test(text)) return paint('red', text)
  if (/^[\d:]{0,12}\s{0,4}Completed with \d+ warning/.test(text)) return paint('yellow', text)
  return line
}

function isResult(word: string): boolean {
  return word.length > 1 && word.length < 20 && word === word.toUpperCase() && /^[A-Z]/.test(word)
}

function paintResult(word: string, text: string): string {
  // A node that only begins has no result yet.
  return word === 'RUN' ? text : paint(colourOf[word] ?? 'green', text)
}
