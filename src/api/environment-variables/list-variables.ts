import * as z from 'zod'
import { findEnvironmentsOfProjects } from '../../definitions/environments/environment-queries.ts'
import { findJob } from '../../definitions/jobs/job-queries.ts'
import { getProject } from '../../definitions/projects/project-queries.ts'
import { projectScope } from '../../definitions/variables/bulk-variables.ts'
import { findVariablesOfProject, type VariableRecord } from '../../definitions/variables/variable-queries.ts'
import { NotFoundError } from '../../domain/errors.ts'
import type { ApiContext } from '../api-context.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { queryInt, queryText } from '../inputs/query-fields.ts'
import { presentVariableValue } from '../presenters/present-variable.ts'
import type { components } from '../wire/v2.generated.ts'

type Value = components['schemas']['EnvironmentVariableValue']

const path = '/api/v3/accounts/:account_id/projects/:project_id/environment-variables/'
const params = z.object({ account_id: pathId, project_id: pathId })

/** Lists each variable with its values by environment, or by `project`. */
export const listEnvironmentsVariables = operation({
  operationId: 'Retrieve Projects Environment Variables Environment',
  method: 'get',
  path: `${path}environment/`,
  permission: 'variables:read',
  params,
  query: z.object({ name: queryText() }),
  body: none,
  async handler(ctx, { params, query }) {
    const all = await variablesOf(ctx, params)
    const environments = await findEnvironmentsOfProjects(ctx.db, [params.project_id])
    const nameOf = new Map(environments.map(({ id, name }) => [id, name]))
    const shown = all.filter(({ job_id, name }) => job_id === null && (query.name === undefined || name === query.name))
    const variables = byName(shown, ({ environment_id: id }) => (id === null ? projectScope : nameOf.get(id)))
    return ok({ environments: [projectScope, ...nameOf.values()], variables })
  },
})

/** Lists each variable with the values that a job would find: its own, its environment's and the project's. */
export const listJobVariables = operation({
  operationId: 'Retrieve Projects Environment Variables Job',
  method: 'get',
  path: `${path}job/`,
  permission: 'variables:read',
  params,
  query: z.object({ job_definition_id: queryInt(1) }),
  body: none,
  async handler(ctx, { params, query }) {
    const jobId = query.job_definition_id
    // Without a job there is only what every job finds: Terraform's provider reads a 400 as "not found".
    const job = jobId === undefined ? undefined : await findJob(ctx.db, params.account_id, jobId)
    if (jobId !== undefined && job?.project_id !== params.project_id) {
      throw new NotFoundError(`Project ${params.project_id} has no job ${jobId}.`)
    }
    const all = await variablesOf(ctx, params)
    const own = new Set(all.filter(({ job_id }) => job_id !== null && job_id === jobId).map(({ name }) => name))
    // dbt-jobs-as-code refuses the whole list for a name that dbt Cloud could not have.
    const listed = all.filter(({ name }) => own.has(name) || /^DBT_[A-Z0-9_]*$/.test(name))
    return ok(
      byName(listed, ({ job_id, environment_id }) => {
        if (job_id !== null) return job_id === jobId ? 'job' : undefined
        if (environment_id === null) return projectScope
        return environment_id === job?.environment_id ? 'environment' : undefined
      }),
    )
  },
})

/** Nobody develops here, so that nobody has values of their own: what is left is the project's. */
export const listUserVariables = operation({
  operationId: 'Retrieve Projects Environment Variables User',
  method: 'get',
  path: `${path}user/`,
  permission: 'variables:read',
  params,
  query: none,
  body: none,
  async handler(ctx, { params }) {
    const all = await variablesOf(ctx, params)
    const ofProject = ({ job_id, environment_id }: VariableRecord) => job_id === null && environment_id === null
    return ok(byName(all, (variable) => (ofProject(variable) ? projectScope : undefined)))
  },
})

async function variablesOf(ctx: ApiContext, { account_id: accountId, project_id: projectId }: z.infer<typeof params>) {
  await getProject(ctx.db, accountId, projectId)
  return await findVariablesOfProject(ctx.db, accountId, projectId)
}

/** Scopes without a value are left out, never null: clients read their keys at once. */
function byName(
  variables: readonly VariableRecord[],
  scopeOf: (variable: VariableRecord) => string | undefined,
): Record<string, Record<string, Value>> {
  const named = new Map<string, Record<string, Value>>()
  for (const variable of variables) {
    const scope = scopeOf(variable)
    if (scope === undefined) continue
    named.set(variable.name, { ...named.get(variable.name), [scope]: presentVariableValue(variable) })
  }
  return Object.fromEntries(named)
}
