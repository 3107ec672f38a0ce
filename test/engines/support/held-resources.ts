import { setTimeout as sleep } from 'node:timers/promises'
import type { ExclusiveHold, HoldMode, SharedHold } from '../../../src/engines/run-engine.ts'

/** Runs of a harness hold these alone, as the database says it of real ones. */
export class HeldResources {
  readonly #holders = new Map<string, object>()
  readonly #sharers = new Map<string, Set<object>>()

  /** The first that is free, or that the run has already. */
  async take(run: object, resources: readonly string[]): Promise<ExclusiveHold> {
    for (;;) {
      for (const resource of resources) {
        const hold = this.tryToTake(run, resource)
        if (hold !== undefined) return hold
      }
      await sleep(5)
    }
  }

  tryToTake(run: object, resource: string): ExclusiveHold | undefined {
    const holder = this.#holders.get(resource) ?? run
    if (holder !== run) return undefined
    this.#holders.set(resource, run)
    return { resource, free: async () => void this.#holders.delete(resource) }
  }

  async share(run: object, resource: string, mode: HoldMode): Promise<SharedHold> {
    const sharers = this.#sharers.get(resource) ?? new Set()
    this.#sharers.set(resource, sharers)
    const isFree = () => mode === 'shared' || [...sharers].every((sharer) => sharer === run)
    const alone = await this.take(run, [resource])
    while (!isFree()) await sleep(5)
    let isAlone = true
    const giveBack = async () => {
      if (isAlone) await alone.free()
      else sharers.delete(run)
    }
    const share = async () => {
      if (!isAlone) return
      sharers.add(run)
      await giveBack()
      isAlone = false
    }
    if (mode === 'shared') await share()
    return {
      get isAlone() {
        return isAlone
      },
      share,
      free: giveBack,
    }
  }

  freeAll(run: object): void {
    for (const sharers of this.#sharers.values()) sharers.delete(run)
    for (const [resource, holder] of this.#holders) if (holder === run) this.#holders.delete(resource)
  }
}
