/** JSON of more than so many strings' worth is cut wherever it is. */
const maxStrings = 8

/** Keeps of each string in a piece of JSON no more than `maxString` characters, so that it stays JSON, and short. */
export class JsonShortener {
  readonly #maxString: number
  #pieces: string[] = []
  #length = 0
  /** Counts the characters of the string that it is in, so far; it is undefined between strings. */
  #inString: number | undefined
  /** The begin of an escape that a piece ended in. */
  #escape = ''

  constructor(maxString: number) {
    this.#maxString = maxString
  }

  get text(): string {
    return this.#pieces.join('')
  }

  push(piece: string): void {
    const text = this.#escape + piece
    this.#escape = ''
    let from = 0
    while (from < text.length) {
      if (this.#inString === undefined) {
        const quote = text.indexOf('"', from)
        const end = quote === -1 ? text.length : quote + 1
        this.#keep(text.slice(from, end))
        if (quote !== -1) this.#inString = 0
        from = end
      } else {
        const end = nextQuoteOrBackslash(text, from)
        this.#keepOfString(text.slice(from, end))
        from = end
        if (text[from] === '"') {
          this.#keep('"')
          this.#inString = undefined
          from++
        } else if (text[from] === '\\') {
          const sequence = text.slice(from, from + (text[from + 1] === 'u' ? 6 : 2))
          if (sequence.length < 2 || (sequence[1] === 'u' && sequence.length < 6)) {
            this.#escape = sequence
            return
          }
          this.#keepOfString(sequence, sequence.length)
          from += sequence.length
        }
      }
    }
  }

  /** `atLeast`: an escape is kept whole or not at all. */
  #keepOfString(text: string, atLeast = 0): void {
    const room = this.#maxString - (this.#inString ?? 0)
    this.#inString = (this.#inString ?? 0) + text.length
    if (room > 0 && room >= atLeast) this.#keep(text.slice(0, room))
  }

  #keep(text: string): void {
    if (this.#length > this.#maxString * maxStrings || text === '') return
    this.#length += text.length
    this.#pieces.push(text)
  }
}

function nextQuoteOrBackslash(text: string, from: number): number {
  for (let position = from; position < text.length; position++) {
    const code = text.charCodeAt(position)
    if (code === 0x22 || code === 0x5c) return position
  }
  return text.length
}
