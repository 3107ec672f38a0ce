import * as z from 'zod'
import { listEnvironments } from '../../definitions/environments/environment-queries.ts'
import { findJob, listJobs } from '../../definitions/jobs/job-queries.ts'
import type { Permission } from '../../domain/permissions.ts'
import { activeState } from '../../domain/state.ts'
import { findRun } from '../../runs/run-queries.ts'
import { findDags } from '../../runs/search/find-dags.ts'
import { findNodesByText } from '../../runs/search/find-nodes.ts'
import { hasProject, type Paging, type Scope } from '../../util/paging.ts'
import type { ApiContext } from '../api-context.ts'
import { accessOf } from '../http/access.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { queryText } from '../inputs/query-fields.ts'
import { runHref } from '../presenters/runs/run-href.ts'
import type { components } from '../wire/stratus.generated.ts'

type Found = components['schemas']['SearchResults']

/** The answer has so many things of each kind at most. */
const most = 8
const longest = 100
const firstByName: Paging<'name'> = { limit: most, offset: 0, ordering: { column: 'name', descending: false } }

export const search = operation({
  operationId: 'Search',
  method: 'get',
  path: '/api/stratus/v1/accounts/:account_id/search/',
  permission: 'runs:read',
  params: z.object({ account_id: pathId }),
  query: z.object({
    q: queryText().transform((text, context) => {
      if (text !== undefined && text.length <= longest) return text
      context.addIssue({ code: 'custom', message: `Expected a text of 1 to ${longest} characters to look for.` })
      return z.NEVER
    }),
  }),
  body: none,
  async handler(ctx, { access, query: { q } }) {
    // The caller finds only things that it may read.
    const scopeFor = (permission: Permission) => accessOf(access.caller, permission)
    const [runs, jobs, environments, nodes, dags] = await Promise.all([
      findRunOfId(ctx, access, q),
      findJobs(ctx, scopeFor('jobs:read'), q),
      findEnvironments(ctx, scopeFor('projects:read'), q),
      findNodesByText(ctx.db, access, q, most),
      findDags(ctx.db, access, q, most),
    ])
    const found: Found = { runs, jobs, environments, nodes, dags }
    return ok(found)
  },
})

async function findRunOfId(ctx: ApiContext, scope: Scope, text: string): Promise<Found['runs']> {
  const id = idIn(text)
  const run = id === undefined ? undefined : await findRun(ctx.db, scope.accountId, id)
  if (run === undefined || !hasProject(scope, run.project_id)) return []
  const { project_id, job_id, status } = run
  return [{ id: run.id, project_id, job_id, status, href: runHref(run, ctx.publicUrl()) }]
}

async function findJobs({ db }: ApiContext, scope: Scope, text: string): Promise<Found['jobs']> {
  const id = idIn(text)
  const [named, { rows }] = await Promise.all([
    id === undefined ? undefined : findJob(db, scope.accountId, id),
    listJobs(db, scope, { nameContains: text, state: activeState }, firstByName),
  ])
  const own = named !== undefined && hasProject(scope, named.project_id) ? [named] : []
  const others = rows.filter((job) => job.id !== named?.id)
  return [...own, ...others]
    .slice(0, most)
    .map(({ id: jobId, name, project_id, environment_id }) => ({ id: jobId, name, project_id, environment_id }))
}

async function findEnvironments({ db }: ApiContext, scope: Scope, text: string): Promise<Found['environments']> {
  const { rows } = await listEnvironments(db, scope, { nameContains: text, state: activeState }, firstByName)
  return rows.map(({ id, name, project_id }) => ({ id, name, project_id }))
}

function idIn(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
