import { isDeepStrictEqual } from 'node:util'
import type { Problem } from '../schema/problem.ts'

export type PlanKind = 'account' | 'project' | 'environment' | 'job'
export type PlanAction = 'create' | 'update' | 'delete' | 'unchanged'

/** The `key` is that of stratus.yml. */
export interface PlanChange {
  readonly key: string
  readonly from: unknown
  readonly to: unknown
}

export interface PlanEntry {
  readonly action: PlanAction
  readonly kind: PlanKind
  /** It is null for what a dry run would create. */
  readonly id: number | null
  readonly name: string
  /** The names of the project and the environment that it is in, from the outside in. */
  readonly within: readonly string[]
  /** A new one has only what differs from the defaults. */
  readonly changes: readonly PlanChange[]
  readonly note?: string
}

/** These are active and not in the document. */
export interface LeftOut {
  readonly kind: 'project' | 'environment' | 'job'
  readonly id: number
  readonly name: string
  readonly within: readonly string[]
  /** It is true for a job whose schedule goes on firing. */
  readonly scheduled: boolean
  /** It is true when `prune` would delete it: what is in no project of the document stays. */
  readonly prunable: boolean
}

export interface ApplyPlan {
  readonly dryRun: boolean
  readonly entries: readonly PlanEntry[]
  /** Problems that may be meant so, and probably are not. */
  readonly warnings: readonly Problem[]
  /** The things that the account has beyond the document; after pruning, only whole projects. */
  readonly leftOut: readonly LeftOut[]
}

/** A plan shows this for a secret, old or new. */
export const secretPlaceholder = '(secret)'

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
