import { sql } from 'kysely'
import type { StratusDocument } from '../schema/stratus-document.ts'
import { type ApplyRun, addEntry } from './apply-run.ts'
import { changesBetween } from './plan.ts'

const defaults = { name: 'Local', run_slots: 4 }

/** An account that the document does not describe stays as it is. */
export async function applyAccount(run: ApplyRun, given: StratusDocument['account']): Promise<void> {
  const { account } = run.state
  if (account && !given) return
  const current = account ?? defaults
  const wanted = { name: given?.name ?? current.name, run_slots: given?.run_slots ?? defaults.run_slots }
  const changes = changesBetween(account ?? defaults, wanted)
  addEntry(run, { kind: 'account', id: run.accountId, name: wanted.name, isNew: !account, changes })
  if (run.dryRun || (account && changes.length === 0)) return
  await run.tx
    .insertInto('accounts')
    .values({ id: run.accountId, ...wanted })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ ...wanted, updated_at: sql<Date>`now()` }))
    .execute()
}
