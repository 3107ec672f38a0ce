import { sql } from 'kysely'
import type { Tx } from '../db/database.ts'

/** Ends what is left of a run's steps: those that run end as `end` says, those that never began are skipped, and nodes without an end were interrupted. */
export async function closeSteps(
  tx: Tx,
  runId: number,
  end: { readonly status: 'error' | 'cancelled'; readonly message: string | null },
): Promise<void> {
  await tx
    .updateTable('run_steps')
    .set({
      status: sql`case when status = 'queued' then 'skipped' else ${end.status} end`,
      status_message: sql`case when status = 'running' then ${end.message} end`,
      finished_at: sql`case when status = 'running' then now() end`,
      updated_at: sql`now()`,
    })
    .where('run_id', '=', runId)
    .where('status', 'in', ['queued', 'running'])
    .execute()
  await tx
    .updateTable('run_nodes')
    .set({ status: 'interrupted' })
    .where('run_id', '=', runId)
    .where('status', '=', 'running')
    .execute()
}
