/** Says where the next quote is that is not escaped, or -1: the end of a string in JSON. */
export function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from); end !== -1; end = text.indexOf('"', end + 1)) {
    if (backslashesBefore(text, end) % 2 === 0) return end
  }
  return -1
}

export function backslashesBefore(text: string, position: number): number {
  let count = 0
  while (text[position - 1 - count] === '\\') count++
  return count
}

/** The same text, with what stands between its strings put through `change`. */
export function mapBetweenStrings(text: string, change: (between: string) => string): string {
  let result = ''
  for (let from = 0; from < text.length; ) {
    const begin = text.indexOf('"', from)
    if (begin === -1) return result + change(text.slice(from))
    const end = endOfString(text, begin + 1)
    const stop = end === -1 ? text.length : end + 1
    result += change(text.slice(from, begin)) + text.slice(begin, stop)
    from = stop
  }
  return result
}
