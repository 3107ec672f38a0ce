/** A change is made by a service token or by Stratus itself. */
export interface Actor {
  readonly type: 'service_token' | 'system'
  readonly id: number | null
  readonly name: string
  /** The request came from this address. */
  readonly ip?: string
}

/** Changes that no request asked for are Stratus's own. */
export const stratusItself: Actor = { type: 'system', id: null, name: 'Stratus' }

export const scheduler: Actor = { type: 'system', id: null, name: 'Scheduler' }

/** Starts a job because another one has completed. */
export const jobCompletion: Actor = { type: 'system', id: null, name: 'Job completion' }
