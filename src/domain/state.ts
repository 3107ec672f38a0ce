/** Defined things are still there or deleted; the numbers are the wire's own. */
export const activeState = 1 as const
export const deletedState = 2 as const

export type State = typeof activeState | typeof deletedState
