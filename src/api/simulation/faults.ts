import { type FaultKind, faultKinds } from './fault-kinds.ts'

export interface FaultSettings {
  readonly kind: FaultKind
  /** So many requests meet it. */
  readonly times?: number | undefined
  readonly seconds?: number | undefined
  readonly status?: number | undefined
  /** It meets only requests of this method, and only those whose path contains this. */
  readonly method?: string | undefined
  readonly path?: string | undefined
}

/** A fault as it is going to happen. */
export interface Fault extends FaultSettings {
  readonly times: number
  readonly seconds: number
  readonly status: number
  /** Says since when it holds, by `performance.now()`, for those that hold for a while. */
  since?: number
  remaining: number
}

/** The parts of a request that decide which fault it meets. */
export interface Met {
  readonly method: string
  readonly path: string
}

const runPath = /\/runs\/\d+\/?$/
const triggerPath = /\/(jobs\/\d+\/(run|rerun)|runs\/\d+\/retry)\/?$/
const cancelPath = /\/runs\/\d+\/cancel\/?$/

const meets: Record<FaultKind, (request: Met) => boolean> = {
  run_not_found_after_create: ({ method, path }) => method === 'GET' && runPath.test(path),
  lost_reply: ({ method, path }) => method === 'POST' && triggerPath.test(path),
  rate_limited: () => true,
  bad_gateway: () => true,
  slow_reads: ({ method }) => method === 'GET',
  cut_connection: () => true,
  stuck_in_queue: () => false,
  cancel_race: ({ method, path }) => method === 'POST' && cancelPath.test(path),
}

/** The faults that are set, in the order in which they were. Each request meets the first that is for it. */
export class Faults {
  #faults: Fault[] = []

  add(settings: readonly FaultSettings[]): void {
    const now = performance.now()
    for (const given of settings) {
      const { times, seconds } = faultKinds[given.kind]
      const total = given.times ?? times
      this.#faults.push({
        ...given,
        times: total,
        remaining: total,
        seconds: given.seconds ?? seconds,
        status: given.status ?? 502,
        ...(given.kind === 'stuck_in_queue' && { since: now }),
      })
    }
  }

  reset(): void {
    this.#faults = []
  }

  /** Faults that are over are forgotten as soon as somebody asks. */
  get current(): readonly Fault[] {
    this.#faults = this.#faults.filter((fault) => secondsLeft(fault) > 0)
    return this.#faults
  }

  get isQueueStuck(): boolean {
    return this.#faults.length > 0 && this.current.some(({ kind }) => kind === 'stuck_in_queue')
  }

  /** The fault that a request meets, which is used up by that. */
  meet(request: Met): Fault | undefined {
    if (this.#faults.length === 0) return undefined
    const fault = this.current.find((candidate) => isFor(candidate, request))
    if (fault === undefined) return undefined
    if (fault.kind === 'rate_limited') fault.since ??= performance.now()
    else fault.remaining--
    return fault
  }
}

function isFor({ kind, method, path }: Fault, request: Met): boolean {
  if (method !== undefined && method.toUpperCase() !== request.method) return false
  if (path !== undefined && !request.path.includes(path)) return false
  return meets[kind](request)
}

/** They are those until a fault is over; one that waits for its requests is endless. */
export function secondsLeft({ since, seconds, remaining }: Fault): number {
  if (since !== undefined) return seconds - (performance.now() - since) / 1000
  return remaining > 0 ? Number.POSITIVE_INFINITY : 0
}
