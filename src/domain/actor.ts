/** Who makes a change: a service token, or Stratus itself. */
export interface Actor {
  readonly type: 'service_token' | 'system'
  readonly id: number | null
  readonly name: string
  /** The address that the request came from. */
  readonly ip?: string
}

/** What no request asked for. */
export const stratusItself: Actor = { type: 'system', id: null, name: 'Stratus' }

export const scheduler: Actor = { type: 'system', id: null, name: 'Scheduler' }

/** Starts a job because another one has completed. */
export const jobCompletion: Actor = { type: 'system', id: null, name: 'Job completion' }
