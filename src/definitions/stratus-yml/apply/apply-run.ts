import type { Tx } from '../../../db/database.ts'
import { deletedState } from '../../../domain/state.ts'
import type { SecretBox } from '../../../secrets/secret-box.ts'
import type { NamedThings } from '../../references/named-things.ts'
import type { CurrentState } from './current-state.ts'
import type { Future } from './match/references.ts'
import type { PlanAction, PlanChange, PlanEntry, PlanKind } from './plan.ts'

/** One application of a document carries this along. */
export interface ApplyRun {
  readonly tx: Tx
  readonly secretBox: SecretBox
  readonly accountId: number
  readonly state: CurrentState
  readonly future: Future
  /** The things that there will be, by their names. */
  readonly things: NamedThings
  readonly dryRun: boolean
  readonly entries: PlanEntry[]
}

interface Written {
  readonly kind: PlanKind
  readonly id: number | undefined
  readonly name: string
  readonly within?: readonly string[]
  readonly isNew: boolean
  readonly changes: readonly PlanChange[]
  readonly note?: string | undefined
}

export function addEntry(run: ApplyRun, { kind, id, name, within = [], isNew, changes, note }: Written): void {
  const action: PlanAction = isNew ? 'create' : changes.length > 0 ? 'update' : 'unchanged'
  run.entries.push({
    action,
    kind,
    id: id !== undefined && id > 0 ? id : null,
    name,
    within,
    changes,
    ...(note !== undefined && { note }),
  })
}

/** Deleted rows that the document names come back. */
export function revival(row: { readonly state: number } | undefined): PlanChange[] {
  return row?.state === deletedState ? [{ key: 'state', from: 'deleted', to: 'active' }] : []
}
