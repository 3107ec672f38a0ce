/**
 * It is true when `text` is what `pattern` says, in which `*` stands for any text and `?` for any character. A regular
 * expression of the same meaning would try every way to share the text among several `*`.
 */
export function matchesWildcard(text: string, pattern: string): boolean {
  let at = 0
  let star = -1
  let resume = 0
  for (let position = 0; position < text.length; ) {
    if (pattern[at] === '*') {
      star = at++
      resume = position
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[position])) {
      at++
      position++
    } else if (star >= 0) {
      // Only the last star ever has to take one character more.
      at = star + 1
      position = ++resume
    } else {
      return false
    }
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}
