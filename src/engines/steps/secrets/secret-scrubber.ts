import { isSecretVariable, isTooShortToHide } from '../../../domain/secrets/secret-names.ts'
import { TextFinder } from '../../../util/text/text-finder.ts'
import { formsOfSecret } from './secret-forms.ts'

export type Scrub = (text: string) => string

export const hidden = '*****'

export function secretsOf(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => isSecretVariable(name)))
}

/** Hides the secrets of a run, by name, in text that leaves it: values of events and files, never their structure. */
export class SecretScrubber {
  /** The names of secrets that are too short to be hidden. */
  readonly shortNames: readonly string[]
  readonly #forms: ReadonlySet<string>
  readonly #finder: TextFinder
  #bytes: SecretScrubber | undefined

  constructor(secrets: Readonly<Record<string, string>>, forms = allForms(Object.values(secrets))) {
    this.shortNames = Object.keys(secrets).filter((name) => isTooShortToHide(secrets[name] ?? ''))
    this.#forms = forms
    this.#finder = new TextFinder(forms)
  }

  get isIdle(): boolean {
    return this.#finder.longest === 0
  }

  /** Says how many characters the longest form of a secret has, but one: so many of a text's end may be the begin of one. */
  get reach(): number {
    return Math.max(0, this.#finder.longest - 1)
  }

  readonly scrub: Scrub = (text) => this.scrubHead(text, text.length)

  /** The first `length` characters of `text`, and not the begin of a secret that ends behind them. */
  scrubHead(text: string, length: number): string {
    const places = this.#finder.find(text)
    let clean = ''
    let from = 0
    for (let index = 0; index < places.length; index += 2) {
      const [begin = 0, end = 0] = [places[index], places[index + 1]]
      if (begin >= length) break
      clean += text.slice(from, begin) + hidden
      from = end
    }
    return from < length ? clean + text.slice(from, length) : clean
  }

  /** Says where a text that goes on may be cut, so that neither part has the begin or the end of a secret: at most at `latest`. */
  cutBefore(text: string, latest: number): number {
    const places = this.#finder.find(text)
    for (let index = 0; index < places.length; index += 2) {
      const [begin = 0, end = 0] = [places[index], places[index + 1]]
      if (begin < latest && latest < end) return begin
    }
    return latest
  }

  /** The same for text in which each character is one byte of UTF-8. */
  get forBytes(): SecretScrubber {
    this.#bytes ??= new SecretScrubber(
      {},
      new Set([...this.#forms].map((form) => Buffer.from(form).toString('latin1'))),
    )
    return this.#bytes
  }
}

function allForms(secrets: readonly string[]): Set<string> {
  return new Set(secrets.flatMap((secret) => [...formsOfSecret(secret)]))
}
