import * as z from 'zod'
import { runStatuses } from '../../domain/runs/run-status.ts'
import type { CauseCategory } from '../../domain/runs/trigger.ts'
import type { BrowseFilters } from '../../runs/browse/run-filters.ts'
import { queryBoolean, queryInstantOrAge, queryInts, queryManyOf, queryText } from './query-fields.ts'

const mostIds = 20

const ids = queryInts().transform((values, context) => {
  if ((values?.length ?? 0) <= mostIds) return values
  context.addIssue({ code: 'custom', message: `Expected at most ${mostIds} ids, and not ${values?.length}.` })
  return z.NEVER
})

const causes: readonly CauseCategory[] = ['api', 'ci', 'scheduled', 'ui', 'rerun', 'job completion', 'merge']

const named = <T extends string>(names: readonly T[]) => new Map(names.map((name): [string, T] => [name, name]))

/** The filters of the list of runs, as they stand in an address. */
export const runFilters = {
  status: queryManyOf(named(runStatuses)),
  job_id: ids,
  project_id: ids,
  environment_id: ids,
  cause_category: queryManyOf(named(causes)),
  dag_id: queryText(),
  task_id: queryText(),
  branch: queryText(),
  q: queryText(),
  since: queryInstantOrAge('start'),
  until: queryInstantOrAge('end'),
  warn: queryBoolean(),
}

export function filtersOf(query: z.infer<z.ZodObject<typeof runFilters>>): BrowseFilters {
  return {
    statuses: query.status,
    jobIds: query.job_id,
    projectIds: query.project_id,
    environmentIds: query.environment_id,
    causes: query.cause_category,
    dagId: query.dag_id,
    taskId: query.task_id,
    branch: query.branch,
    text: query.q,
    since: query.since,
    until: query.until,
    withWarnings: query.warn,
  }
}
