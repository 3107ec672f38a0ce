import * as z from 'zod'
import { findJobsByIds } from '../../definitions/jobs/job-queries.ts'
import { NotFoundError } from '../../domain/errors.ts'
import { type HistoryRun, readJobHistory } from '../../runs/history/job-history.ts'
import { secondsOf, summarizeRuns, trendOf, waitingShareOf } from '../../runs/history/summarize-runs.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { queryInt } from '../inputs/query-fields.ts'
import { presentCounts } from '../presenters/runs/present-run-summary.ts'
import { isoInstant } from '../presenters/time/wire-dates.ts'
import type { components } from '../wire/stratus.generated.ts'

type Schemas = components['schemas']

const usualRuns = 200
const mostRuns = 500

/** The newest runs are compared with so many runs before them. */
const comparedRuns = 30

export const retrieveJobHistory = operation({
  operationId: 'Retrieve Job History',
  method: 'get',
  path: '/api/stratus/v1/accounts/:account_id/jobs/:job_id/history/',
  permission: 'runs:read',
  params: z.object({ account_id: pathId, job_id: pathId }),
  query: z.object({ runs: queryInt(1, mostRuns) }),
  body: none,
  async handler(ctx, { params, query }) {
    const [job] = await findJobsByIds(ctx.db, [params.job_id])
    if (job?.account_id !== params.account_id)
      throw new NotFoundError(`There is no job ${params.job_id} in account ${params.account_id}.`)
    const { runs, slowest, runsOfSlowest, flakiest } = await readJobHistory(ctx.db, job.id, query.runs ?? usualRuns)
    const successes = runs.filter(({ status }) => status === 'success')
    const history: Schemas['JobHistory'] = {
      job: { id: job.id, name: job.name },
      ...summarizeRuns(runs),
      lately: summarizeRuns(successes.slice(0, comparedRuns)).duration,
      before: summarizeRuns(successes.slice(comparedRuns, 2 * comparedRuns)).duration,
      waiting_share: waitingShareOf(runs),
      trend: trendOf(runs),
      slowest: [...slowest],
      runs_of_slowest: runsOfSlowest,
      flakiest: [...flakiest],
      callers: callersOf(runs),
      strip: runs.map(presentRun),
    }
    return ok(history)
  },
})

function presentRun(run: HistoryRun): Schemas['HistoryRun'] {
  return {
    id: run.id,
    status: run.status,
    created_at: isoInstant(run.created_at),
    seconds: secondsOf(run),
    git_branch: run.git_branch,
    git_sha: run.git_sha,
    counts: run.node_counts === null ? null : presentCounts(run.node_counts),
  }
}

/** The tasks that asked for these runs, the last one first. */
function callersOf(runs: readonly HistoryRun[]): Schemas['Caller'][] {
  const callers = new Map<string, Schemas['Caller']>()
  for (const { id, orchestrator } of runs) {
    if (orchestrator === null) continue
    const { dag_id, task_id } = orchestrator
    const key = JSON.stringify([dag_id, task_id])
    const known = callers.get(key) ?? { dag_id, task_id, runs: 0, last_run_id: id }
    callers.set(key, { ...known, runs: known.runs + 1 })
  }
  return [...callers.values()].slice(0, 20)
}
