import { shorten } from '../../../../util/text/one-line.ts'

/** More are only counted: there may be as many as there are files. */
const maxNamed = 10

const maxName = 200

/** Says of files of a step that they are no artifacts, and why: of the first by name. */
export class LeftOut {
  readonly #say: (sentence: string) => void
  #count = 0

  constructor(say: (sentence: string) => void) {
    this.#say = say
  }

  add(relativePath: string, reason: string): void {
    this.#count++
    if (this.#count <= maxNamed) this.#say(`target/${shown(relativePath)} is not kept: ${reason}.`)
  }

  end(): void {
    const more = this.#count - maxNamed
    if (more > 0) this.#say(`${more} more ${more === 1 ? 'file of target is' : 'files of target are'} not kept.`)
  }
}

/** Whoever names a file writes no lines into the log. */
function shown(name: string): string {
  return shorten(name.slice(0, 2 * maxName).replace(/\p{C}/gu, '\uFFFD'), maxName)
}
