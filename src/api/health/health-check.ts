import { errorCode } from '../../util/error-code.ts'

/** Answers what is wrong, in words that anybody may read; undefined when nothing is. */
export type Look = () => Promise<string | undefined>

/** An answer is good for so long: however many ask, looking costs the same. */
const freshMs = 1_000

/** Everybody who asks is answered by then. */
const limitMs = 2_000

/** Looks for one thing that a server needs: once at a time, at most once a second, and never waited for longer than bounded. */
export class HealthCheck {
  readonly #look: Look
  #underWay: { readonly since: number; readonly answer: Promise<string | undefined> } | undefined
  #known: { readonly answer: string | undefined; readonly until: number } | undefined

  constructor(look: Look) {
    this.#look = look
  }

  async ask(): Promise<string | undefined> {
    const now = performance.now()
    if (this.#known !== undefined && this.#known.until > now) return this.#known.answer
    this.#underWay ??= { since: now, answer: this.#begin() }
    const { since, answer } = this.#underWay
    return orOverdue(answer, since + limitMs - now)
  }

  async #begin(): Promise<string | undefined> {
    const answer = await this.#look().catch((error: unknown) => `failed (${errorCode(error) ?? 'unknown reason'})`)
    this.#known = { answer, until: performance.now() + freshMs }
    this.#underWay = undefined
    return answer
  }
}

async function orOverdue(answer: Promise<string | undefined>, ms: number): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined
  const overdue = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${limitMs / 1_000} s`), Math.max(0, ms))
  })
  return Promise.race([answer, overdue]).finally(() => clearTimeout(timer))
}
