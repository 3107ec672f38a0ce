/** What a command has to say: its result on stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** What went wrong, on stderr. */
export function printError(text: string): void {
  process.stderr.write(`stratus: ${text}\n`)
}

/** What people may want to know meanwhile, on stderr. */
export function printNote(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** Rows with aligned columns, for people. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
