interface Waiter {
  readonly exclusive: boolean
  readonly grant: () => void
}

interface FolderState {
  /** How many share the folder; -1: one has it alone. */
  holders: number
  readonly waiting: Waiter[]
}

export interface FolderHold {
  readonly isAlone: boolean
  /** Goes from having the folder alone to sharing it, with nobody in between. */
  share(): void
  release(): void
}

/**
 * Who may work in a folder: several at once, or one alone; first come, first served. Within this process only:
 * it keeps `dbt deps` of one run from pulling dbt_packages from under another's feet. Who shares a folder must not wait
 * to have it alone.
 */
export class FolderLocks {
  readonly #folders = new Map<string, FolderState>()

  /** Rejects with the signal's reason when it is aborted before the folder is free. */
  async acquire(
    folder: string,
    mode: 'shared' | 'alone',
    signal: AbortSignal,
    onWait: () => void = () => {},
  ): Promise<FolderHold> {
    signal.throwIfAborted()
    const state = this.#folders.get(folder) ?? { holders: 0, waiting: [] }
    this.#folders.set(folder, state)
    const exclusive = mode === 'alone'
    if (state.waiting.length > 0 || !isFree(state, exclusive)) {
      onWait()
      await this.#wait(folder, state, exclusive, signal)
    } else {
      state.holders = exclusive ? -1 : state.holders + 1
    }
    let held = true
    let alone = exclusive
    return {
      get isAlone() {
        return alone
      },
      share: () => {
        if (!held || !alone) return
        alone = false
        state.holders = 1
        this.#serve(folder, state)
      },
      release: () => {
        if (!held) return
        held = false
        state.holders = alone ? 0 : state.holders - 1
        this.#serve(folder, state)
      },
    }
  }

  #wait(folder: string, state: FolderState, exclusive: boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        state.waiting.splice(state.waiting.indexOf(waiter), 1)
        this.#serve(folder, state)
        reject(signal.reason)
      }
      const waiter: Waiter = {
        exclusive,
        grant: () => {
          signal.removeEventListener('abort', leave)
          state.holders = exclusive ? -1 : state.holders + 1
          resolve()
        },
      }
      signal.addEventListener('abort', leave, { once: true })
      state.waiting.push(waiter)
    })
  }

  #serve(folder: string, state: FolderState): void {
    for (let next = state.waiting[0]; next !== undefined && isFree(state, next.exclusive); next = state.waiting[0]) {
      state.waiting.shift()
      next.grant()
    }
    if (state.holders === 0 && state.waiting.length === 0) this.#folders.delete(folder)
  }
}

function isFree({ holders }: FolderState, exclusive: boolean): boolean {
  return exclusive ? holders === 0 : holders >= 0
}
