import { isDeepStrictEqual } from 'node:util'

export type PlanKind = 'account' | 'project' | 'environment' | 'job'
export type PlanAction = 'create' | 'update' | 'delete' | 'unchanged'

/** `key` as in stratus.yml. */
export interface PlanChange {
  readonly key: string
  readonly from: unknown
  readonly to: unknown
}

export interface PlanEntry {
  readonly action: PlanAction
  readonly kind: PlanKind
  /** Null for what a dry run would create. */
  readonly id: number | null
  readonly name: string
  /** The names of the project and the environment that it is in, from the outside in. */
  readonly within: readonly string[]
  /** For a new one, only what differs from the defaults. */
  readonly changes: readonly PlanChange[]
  readonly note?: string
}

export interface ApplyPlan {
  readonly dryRun: boolean
  readonly entries: readonly PlanEntry[]
}

/** What stands in a plan for a secret, old or new. */
export const secretPlaceholder = '(secret)'

/** It would be found in everything. */
export const shortSecretPlaceholder = '(secret, too short to be hidden in logs)'

/** The differences between two records with the same keys; `labels` has the document's key where the column has another name. */
export function changesBetween(
  from: Readonly<Record<string, unknown>>,
  to: Readonly<Record<string, unknown>>,
  labels: Readonly<Record<string, string>> = {},
): PlanChange[] {
  return Object.keys(to)
    .filter((key) => !isDeepStrictEqual(from[key], to[key]))
    .map((key) => ({ key: labels[key] ?? key, from: from[key] ?? null, to: to[key] ?? null }))
}
