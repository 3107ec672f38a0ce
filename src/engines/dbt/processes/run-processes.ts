import type { RunUser } from '../users/run-user.ts'
import type { GuardedProgram, Guardian, ProgramEnd } from './guardian.ts'
import type { GuardianPool } from './guardian-pool.ts'
import type { ProcessIdentity } from './process-identity.ts'
import { recordProcess } from './process-records.ts'

export interface ProcessSettings {
  readonly dataDir: string
  readonly guardians: GuardianPool
  readonly owner: ProcessIdentity
  readonly cancelGraceMs: number
  /** Says how long a program runs without a renewal. */
  readonly guardSeconds: number
}

export interface Program extends Omit<GuardedProgram, 'deadlineSeconds' | 'graceMs' | 'user'> {
  /** It is true for one that others follow at once: their guardian is made meanwhile. */
  readonly isFollowed?: boolean
}

/** The program may print on only when a returned promise is settled. */
export interface ProgramOutput {
  stdout(chunk: Buffer): Promise<void> | void
  stderr(chunk: Buffer): Promise<void> | void
}

/**
 * Making a guardian takes the processor from dbt. One that is needed soon is made when this program is past its own
 * start; where nothing follows, after the run, or when the run is so long that it does not matter.
 */
const warmAfterMs = { soon: 1500, late: 30_000, afterRun: 200 }

/** Pipes that something which escaped still holds open are not waited for longer than this. */
const drainMs = 2000

/** Starts the programs of one run, and ends them when the run is stopped or its lease runs out. */
export class RunProcesses {
  readonly #settings: ProcessSettings
  readonly #signal: AbortSignal
  readonly #user: RunUser | undefined
  readonly #live = new Set<Guardian>()
  #deadline: number
  /** Set before the last program of the run is started. */
  isAtLast = false

  constructor(settings: ProcessSettings, signal: AbortSignal, user: RunUser | undefined) {
    this.#settings = settings
    this.#user = user
    this.#signal = signal
    this.#deadline = performance.now() + settings.guardSeconds * 1000
  }

  renew(seconds: number): void {
    this.#deadline = performance.now() + seconds * 1000
    for (const guardian of this.#live) guardian.renew(seconds)
  }

  /** Resolves when the program and all that it started are gone and its output was read. */
  async run({ isFollowed = false, ...program }: Program, output: ProgramOutput): Promise<ProgramEnd> {
    this.#signal.throwIfAborted()
    const guardian = this.#settings.guardians.take()
    const stop = () => guardian.stop()
    this.#live.add(guardian)
    this.#signal.addEventListener('abort', stop, { once: true })
    const warm = this.#warmIn(isFollowed ? 0 : this.isAtLast ? warmAfterMs.late : warmAfterMs.soon)
    let recorded: Promise<() => Promise<void>> | undefined
    const drained = Promise.all([
      drain(guardian.stdout, (chunk) => output.stdout(chunk)),
      drain(guardian.stderr, (chunk) => output.stderr(chunk)),
    ])
    try {
      guardian.start(
        {
          ...program,
          user: this.#user,
          deadlineSeconds: Math.max(0, (this.#deadline - performance.now()) / 1000),
          graceMs: this.#settings.cancelGraceMs,
        },
        (group) => {
          const { dataDir, owner } = this.#settings
          recorded = recordProcess(dataDir, owner, guardian.pid, group)
          // A record that cannot be written (disk full) must not end a run that goes well.
          recorded.catch(() => {})
        },
      )
      const end = await guardian.ended
      await within(drainMs, drained)
      return end
    } finally {
      this.#signal.removeEventListener('abort', stop)
      clearTimeout(warm)
      if (this.isAtLast) this.#warmIn(warmAfterMs.afterRun)
      else this.#settings.guardians.warm()
      this.#live.delete(guardian)
      guardian.stdout.destroy()
      guardian.stderr.destroy()
      const forget = await recorded?.catch(() => undefined)
      await forget?.()
    }
  }

  #warmIn(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#settings.guardians.warm(), ms).unref()
  }
}

/** Reads to the end, one chunk at a time: a program that floods is slowed down, not buffered. */
async function drain(stream: Guardian['stdout'], take: ProgramOutput['stdout']): Promise<void> {
  try {
    for await (const chunk of stream) await take(chunk)
  } catch (error) {
    if (!stream.destroyed) throw error
  }
}

async function within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs)
  })
  await Promise.race([work, timeout])
  clearTimeout(timer)
}
