import { parseJson } from '../../../util/objects/parse-json.ts'
import { backslashesBefore, endOfString } from '../../../util/text/json-strings.ts'
import type { SecretScrubber } from './secret-scrubber.ts'

/** A longer string is left out: to know what it says, it would have to be whole in memory. */
const maxString = 8 * 1024 * 1024
const leftOut = '"(left out: longer than 8 MiB)"'

/** Finds a character that cannot stand between the strings of JSON. */
const notBetweenStrings = /[^\s,:{}[\]\d.+eE\-truefalsn]/

/**
 * Hides secrets in the string values of JSON that comes in pieces, in whatever way they are escaped.
 * Keys, numbers and structure stay, so that what was JSON is JSON still. Each character is one byte of UTF-8.
 */
export class JsonScrubber {
  readonly #scrubber: SecretScrubber
  #held = ''
  /** Says where to look on for the end of the string that is held. */
  #searched = 1
  #leavingOut = false

  constructor(scrubber: SecretScrubber) {
    this.#scrubber = scrubber
  }

  push(bytes: string): string {
    let text = this.#held + bytes
    if (this.#leavingOut) {
      const end = endOfString(text, 0)
      // The quote that comes next may be escaped.
      this.#held = end === -1 && backslashesBefore(text, text.length) % 2 === 1 ? '\\' : ''
      if (end === -1) return ''
      this.#leavingOut = false
      text = text.slice(end + 1)
    }
    return this.#scrub(text, false)
  }

  end(): string {
    return this.#scrub(this.#held, true)
  }

  #scrub(text: string, isEnd: boolean): string {
    let clean = ''
    let from = 0
    let searched = this.#searched
    while (from < text.length) {
      const begin = text.indexOf('"', from)
      clean += this.#between(text.slice(from, begin === -1 ? text.length : begin))
      if (begin === -1) break
      const end = endOfString(text, begin + searched)
      const after = end === -1 ? -1 : firstAfterBlanks(text, end + 1)
      // Only the character behind a string tells whether it is a key.
      if (after === -1 && !isEnd) return this.#hold(clean, text.slice(begin), end === -1 ? undefined : end - begin)
      const stop = end === -1 ? text.length : end + 1
      clean += after !== -1 && text[after] === ':' ? text.slice(begin, stop) : this.#string(text.slice(begin, stop))
      searched = 1
      from = stop
    }
    return this.#hold(clean, '')
  }

  #hold(clean: string, held: string, searched = held.length): string {
    this.#leavingOut = held.length > maxString
    this.#held = this.#leavingOut ? '' : held
    this.#searched = this.#leavingOut ? 1 : Math.max(1, searched)
    return this.#leavingOut ? clean + leftOut : clean
  }

  #between(text: string): string {
    return notBetweenStrings.test(text) ? this.#scrubber.forBytes.scrub(text) : text
  }

  #string(token: string): string {
    const scrubbed = this.#scrubber.forBytes.scrub(token)
    if (scrubbed === token || !token.includes('\\')) return scrubbed
    const value = parseJson(Buffer.from(token, 'latin1').toString('utf8'))
    if (typeof value !== 'string') return scrubbed
    const clean = this.#scrubber.scrub(value)
    return clean === value ? token : Buffer.from(JSON.stringify(clean)).toString('latin1')
  }
}

function firstAfterBlanks(text: string, from: number): number {
  for (let position = from; position < text.length; position++) {
    if (!/\s/.test(text.charAt(position))) return position
  }
  return -1
}
