import type { JobRow } from './schema/jobs.ts'

/** A job as `row_to_json` gives it: dates are text. */
export interface JobJson extends Omit<JobRow, 'created_at' | 'updated_at' | 'next_run_at'> {
  readonly created_at: string
  readonly updated_at: string
  readonly next_run_at: string | null
}

export function jobOfJson(job: JobJson): JobRow {
  return {
    ...job,
    created_at: new Date(job.created_at),
    updated_at: new Date(job.updated_at),
    next_run_at: job.next_run_at === null ? null : new Date(job.next_run_at),
  }
}
