import type { RunRecord } from '../../../runs/run-queries.ts'

/** The page of a run: absolute, since clients show it as it is. */
export function runHref(run: Pick<RunRecord, 'id' | 'account_id' | 'project_id'>, publicUrl: string): string {
  return `${publicUrl}/deploy/${run.account_id}/projects/${run.project_id}/runs/${run.id}/`
}
