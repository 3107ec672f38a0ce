/** `text` without the users and passwords of the addresses in it; a token may stand in either place. */
export function hideCredentials(text: string, mark: string): string {
  let clean = ''
  let from = 0
  for (let slashes = text.indexOf('://'); slashes !== -1; slashes = text.indexOf('://', slashes + 3)) {
    const begin = slashes + 3
    const end = endOfCredentials(text, begin)
    if (end === -1 || !/[\w+.-]/.test(text.charAt(slashes - 1))) continue
    clean += text.slice(from, begin) + mark
    from = end
  }
  return from === 0 ? text : clean + text.slice(from)
}

/** `text` without its credentials, also those that an address has as parameters: `md:shop?motherduck_token=…`. */
export function hideAllCredentials(text: string, mark: string): string {
  return hideCredentials(text, mark).replace(/([?&;][\w-]{0,40}(?:token|password|secret|pwd)=)[^&;\s]*/gi, `$1${mark}`)
}

/** Says where the last "@" before the host's end is, or -1. Every place of a text is looked at once. */
function endOfCredentials(text: string, begin: number): number {
  let end = -1
  for (let position = begin; position < text.length; position++) {
    const character = text.charAt(position)
    if (character === '@' && position > begin) end = position
    else if (/[\s/?#"'<>]/.test(character)) break
  }
  return end
}
