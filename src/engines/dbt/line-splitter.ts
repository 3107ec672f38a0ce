import { StringDecoder } from 'node:string_decoder'

const cutNote = ' … (line cut)'

/**
 * Makes lines of chunks of bytes, with at most `maxLength` characters of one line in memory:
 * of a longer line the rest is dropped.
 */
export class LineSplitter {
  readonly #onLine: (line: string) => void
  readonly #maxLength: number
  readonly #decoder = new StringDecoder('utf8')
  #partial = ''
  #cutting = false

  constructor(onLine: (line: string) => void, maxLength = 1024 * 1024) {
    this.#onLine = onLine
    this.#maxLength = maxLength
  }

  push(chunk: Buffer): void {
    this.#split(this.#decoder.write(chunk))
  }

  /** Hands out the last line, if it had no newline. */
  end(): void {
    this.#split(this.#decoder.end())
    if (this.#partial !== '') this.#onLine(this.#partial)
    this.#partial = ''
    this.#cutting = false
  }

  #split(text: string): void {
    let from = 0
    for (let newline = text.indexOf('\n'); newline !== -1; newline = text.indexOf('\n', from)) {
      this.#add(text.slice(from, newline))
      const line = this.#partial
      this.#partial = ''
      this.#cutting = false
      from = newline + 1
      this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line)
    }
    this.#add(text.slice(from))
  }

  #add(text: string): void {
    if (this.#cutting || text === '') return
    this.#partial += text
    if (this.#partial.length <= this.#maxLength) return
    this.#cutting = true
    this.#partial = cutAtBlank(this.#partial, this.#maxLength) + cutNote
  }
}

/** Not inside a word, which may be a secret: half of one would not be recognised. */
function cutAtBlank(line: string, length: number): string {
  const earliest = Math.max(0, length - 4096)
  const blank = line.lastIndexOf(' ', length)
  return line.slice(0, Math.max(earliest, blank))
}
