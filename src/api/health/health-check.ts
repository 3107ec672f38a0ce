import { errorCode } from '../../util/error-code.ts'

/** Answers what is wrong, in words that anybody may read; undefined when nothing is. */
export type Look = () => Promise<string | undefined>

/** An answer is good for so long: however many ask, looking costs the same. */
const usualFreshMs = 1_000

/** Everybody who asks is answered by then. */
const limitMs = 2_000

interface HealthCheckOptions {
  /** That all is well is good for so long; absent: as other answers. */
  readonly freshMs?: number
  /** False: a server can serve without it. */
  readonly isNeeded?: boolean
}

/** Looks for one thing that a server needs: once at a time, at most once a second, and never waited for longer than bounded. */
export class HealthCheck {
  readonly isNeeded: boolean
  readonly #look: Look
  readonly #freshMs: number
  #underWay: { readonly since: number; readonly answer: Promise<string | undefined> } | undefined
  #known: { readonly answer: string | undefined; readonly until: number } | undefined

  constructor(look: Look, { freshMs = usualFreshMs, isNeeded = true }: HealthCheckOptions = {}) {
    this.#look = look
    this.#freshMs = freshMs
    this.isNeeded = isNeeded
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
    const freshMs = answer === undefined ? this.#freshMs : usualFreshMs
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
