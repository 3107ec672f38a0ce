const maxLength = 500

/** The first two lines of an error, as one: dbt puts the kind and place first and the database's words next. */
export function oneLine(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^Encountered an error:?$/.test(line))
  const [first = '', second] = lines
  return shorten(second === undefined ? first : `${first.replace(/:$/, '')}: ${second}`)
}

export function shorten(line: string): string {
  // No half of a character at the end.
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
