import { StringDecoder } from 'node:string_decoder'
import { JsonShortener } from './json-shortener.ts'

/** More of a line is in nobody's interest. */
export const maxLineLength = 1024 * 1024

/**
 * Makes lines of chunks of bytes. A line that is longer than `maxLength` is handed out with so many characters and
 * `reach` more, in which whoever shows it finds the end of what began before; one that is JSON, with each of its
 * strings cut so, that it can still be read.
 */
export class LineSplitter {
  readonly #onLine: (line: string) => void
  readonly #maxLength: number
  readonly #reach: number
  readonly #decoder = new StringDecoder('utf8')
  #partial = ''
  #json: JsonShortener | undefined

  constructor(onLine: (line: string) => void, { maxLength = maxLineLength, reach = 0 } = {}) {
    this.#onLine = onLine
    this.#maxLength = maxLength
    this.#reach = reach
  }

  push(chunk: Buffer): void {
    this.#split(this.#decoder.write(chunk))
  }

  /** Hands out the last line, if it had no newline. */
  end(): void {
    this.#split(this.#decoder.end())
    const line = this.#take()
    if (line !== '') this.#onLine(line)
  }

  #split(text: string): void {
    let from = 0
    for (let newline = text.indexOf('\n'); newline !== -1; newline = text.indexOf('\n', from)) {
      this.#add(text.slice(from, newline))
      from = newline + 1
      const line = this.#take()
      this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line)
    }
    this.#add(text.slice(from))
  }

  #add(text: string): void {
    if (text === '') return
    // One character more says that the line was longer.
    const keep = this.#maxLength + this.#reach + 1
    if (this.#json !== undefined) this.#json.push(text)
    else if (this.#partial.length < keep) this.#partial += text
    if (this.#json !== undefined || this.#partial.length < keep) return
    if (this.#partial.startsWith('{')) {
      this.#json = new JsonShortener(keep)
      this.#json.push(this.#partial)
    } else this.#partial = this.#partial.slice(0, keep)
  }

  #take(): string {
    const line = this.#json?.text ?? this.#partial
    this.#partial = ''
    this.#json = undefined
    return line
  }
}
