import type { GivenJobType, JobSettings } from '../domain/job.ts'
import { deriveJobColumns } from '../domain/job-derivations.ts'
import type { JobRow } from './schema.ts'

/** A job's settings with what follows from them, as they are stored. `before` is the row that they replace. */
export function jobColumns(
  settings: JobSettings,
  { given, before, now }: { given: GivenJobType | null; before: JobRow | undefined; now: Date },
) {
  return {
    ...settings,
    execute_steps: [...settings.execute_steps],
    cost_optimization_features: [...settings.cost_optimization_features],
    schedule: settings.schedule && JSON.stringify(settings.schedule),
    job_completion_trigger: settings.job_completion_trigger && JSON.stringify(settings.job_completion_trigger),
    ...deriveJobColumns(settings, { given, before, now }),
  }
}
