const maxLength = 500

/** dbt wraps one error into another: `Runtime Error`, and in the next line what it is. */
const kindOfError = /^[A-Z]\w+ Error\b/

/** The first two lines of an error that say something, as one: dbt puts the kind and place first and the database's words next. */
export function oneLine(text: string): string {
  const lines = withoutTraces(text.slice(0, 64 * maxLength).split('\n'))
    .map((line) => line.trim())
    .filter(
      (line) =>
        line !== '' && !line.startsWith('@@') && !/^Encountered an error( while running operation)?:?$/.test(line),
    )
    .map((line) => line.replace(/^Encountered an error while running operation: /, ''))
  while (/^[A-Z]\w+ Error$/.test(lines[0] ?? '') && kindOfError.test(lines[1] ?? '') && lines.length > 2) lines.shift()
  // A line that only leads to another says nothing yet.
  const count = /(?:\bError|:)$/.test(lines[1] ?? '') ? 3 : 2
  const said = lines.slice(0, count)
  return shorten(said.map((line, index) => (index < said.length - 1 ? line.replace(/:$/, '') : line)).join(': '))
}

/** Keeps the exception of what Python says of it, and not where it came by; of several, the last. */
function withoutTraces(lines: readonly string[]): string[] {
  const kept: string[] = []
  let depth: number | undefined
  for (const line of lines) {
    const indent = line.length - line.trimStart().length
    if (line.trimStart().startsWith('Traceback (most recent call last)')) depth = indent
    else if (/^\s*(?:During handling of|The above exception was)\b/.test(line)) dropLast(kept)
    else if (depth === undefined || indent <= depth) {
      kept.push(line)
      if (line.trim() !== '') depth = undefined
    }
  }
  return kept
}

/** The last line that says something. */
function dropLast(lines: string[]): void {
  while (lines.pop()?.trim() === '') {} // blank
}

export function shorten(line: string, length = maxLength): string {
  // No half of a character at the end.
  return line.length <= length ? line : `${line.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
