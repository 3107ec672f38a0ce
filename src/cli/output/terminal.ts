import { wantsColours } from './colours.ts'
import { plainText, terminalText } from './terminal-text.ts'

/** Prints the result of a command to stdout. */
export function print(text: string): void {
  write(process.stdout, text)
}

/** Prints what went wrong to stderr. */
export function printError(text: string): void {
  write(process.stderr, `stratus: ${text}`)
}

/** Prints what people may want to know meanwhile to stderr. */
export function printNote(text: string): void {
  write(process.stderr, text)
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
}

function write(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${terminalText(text, wantsColours(stream))}\n`)
}

/** It is one cell of a table; a colour is that of all of its text. */
export type Cell = string | { readonly text: string; readonly paint: (text: string) => string }

/** Aligns the columns, for people. */
export function table(rows: readonly (readonly Cell[])[]): string {
  const shown = rows.map((row) => row.map((cell) => plainText(typeof cell === 'string' ? cell : cell.text)))
  const widths: number[] = []
  for (const row of shown) {
    for (const [column, text] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, text.length)
  }
  return rows
    .map((row, index) =>
      row
        .map((cell, column) => {
          const text = (shown[index]?.[column] ?? '').padEnd(column === row.length - 1 ? 0 : (widths[column] ?? 0))
          return typeof cell === 'string' ? text : cell.paint(text)
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
