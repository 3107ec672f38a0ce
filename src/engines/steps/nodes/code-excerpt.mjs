/** Lines before and after the one with the error. */
const around = 4

/** Adapters say the number of a line of the whole statement, to which dbt and its macros add lines before the model's own. */
const namesOf = [
  /invalid identifier '"?([^'"]+)"?'/i,
  /Unrecognized name: `?([\w.]+)/i,
  /column "?([\w.]+)"? (?:does not exist|not found|cannot be resolved)/i,
  /UNRESOLVED_COLUMN[^`]*`([^`]+)`/,
]

/** The code around the error that the message tells of; undefined for no code. */
export function codeExcerpt(of, code, message, mostLine) {
  if (typeof code !== 'string' || code.trim() === '') return undefined
  const lines = code.split('\n')
  const index = of === 'compiled' ? errorIn(lines, message) : lineOfSource(lines, message)
  const from = index === undefined ? lines.findIndex((line) => line.trim() !== '') : Math.max(0, index - around)
  const until = index === undefined ? from + 2 * around + 1 : index + around + 1
  return {
    of,
    first: from + 1,
    line: index === undefined ? undefined : index + 1,
    lines: lines.slice(from, until).map((line) => Buffer.from(line.slice(0, mostLine)).toString()),
  }
}

/** The line of the source that a line of compiled code comes from, where it was left as it is; counted from 1. */
export function lineInSource(source, excerpt) {
  if (excerpt?.line === undefined) return undefined
  if (excerpt.of === 'source') return excerpt.line
  if (typeof source !== 'string') return undefined
  const text = excerpt.lines[excerpt.line - excerpt.first]?.trim()
  if (!text) return undefined
  const index = nearest(source.split('\n'), (line) => line.trim() === text, excerpt.line - 1)
  return index === undefined ? undefined : index + 1
}

/** Answers the index of the line; undefined where the message does not tell it for sure. */
function errorIn(lines, message) {
  const [, number, shown] = /LINE (\d+): (.*)/.exec(message) ?? []
  if (number !== undefined) {
    const text = shown
      .trim()
      .replace(/^\.\.\./, '')
      .replace(/\.\.\.$/, '')
      .trim()
    return text === '' ? undefined : nearest(lines, (line) => line.includes(text), Number(number) - 1)
  }
  const name = namesOf.map((pattern) => pattern.exec(message)?.[1]).find((found) => found !== undefined)
  if (name === undefined) return undefined
  const word = name.split('.').at(-1).toLowerCase()
  const near = Number(/line (\d+)/i.exec(message)?.[1] ?? /\[(\d+):\d+\]/.exec(message)?.[1] ?? 1) - 1
  return nearest(
    lines,
    (line) =>
      line
        .toLowerCase()
        .split(/[^\p{L}\p{N}_$]+/u)
        .includes(word),
    near,
  )
}

/** dbt's compiler counts the lines of the source. */
function lineOfSource(lines, message) {
  const number = Number(/^ +line (\d+)$/m.exec(message)?.[1])
  return number >= 1 && number <= lines.length ? number - 1 : undefined
}

function nearest(lines, fits, index) {
  let best
  for (const [each, line] of lines.entries())
    if (fits(line) && (best === undefined || Math.abs(each - index) < Math.abs(best - index))) best = each
  return best
}
