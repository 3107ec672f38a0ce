import { type Express, type Request, type Response, urlencoded } from 'express'
import * as z from 'zod'
import { findEnvironmentsByIds } from '../../definitions/environments/environment-queries.ts'
import { findJobsByIds } from '../../definitions/jobs/job-queries.ts'
import { findProjectsByIds } from '../../definitions/projects/project-queries.ts'
import { NotFoundError } from '../../domain/errors.ts'
import { readStepsWithLogs } from '../../runs/run-log.ts'
import { findRun } from '../../runs/run-queries.ts'
import type { ApiContext } from '../api-context.ts'
import type { BadTokens } from '../http/limits/bad-tokens.ts'
import { findRunOrThrow } from '../runs/find-run-or-throw.ts'
import { html } from './html.ts'
import { page } from './page.ts'
import { runPage } from './run-page.ts'
import { isCrossSite } from './same-origin.ts'
import { signInWithCode, signInWithToken } from './sign-in.ts'
import { arrivalPage, signInPage } from './sign-in-page.ts'
import { visitorOf } from './visitor.ts'

const runPath = '/deploy/:account_id/projects/:project_id/runs/:run_id/'
const id = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER)
const runParams = z.object({ account_id: id, project_id: id, run_id: id })

/** Pages for browsers, made on the server and free of scripts: what a run's `href` leads to. */
export function servePages(app: Express, ctx: ApiContext, badTokens: BadTokens): void {
  app.use(['/deploy/', '/sign-in/'], (_request, response, next) => {
    response.set('Cache-Control', 'no-store')
    next()
  })
  app.get('/sign-in/', (request, response) => signInWithCode(ctx, badTokens, request, response))
  app.get(runPath, (request, response) => showRun(ctx, badTokens, request, response))
  app.post(runPath, urlencoded({ extended: false, limit: '4kb' }), (request, response) =>
    signInWithToken(ctx, badTokens, request, response),
  )
}

async function showRun(ctx: ApiContext, badTokens: BadTokens, request: Request, response: Response): Promise<void> {
  const params = runParams.safeParse(request.params)
  if (!params.success) return notFound(response)
  const access = await visitorOf(ctx, badTokens, request, params.data.account_id)
  if (access === undefined) {
    // A link on another site brings no session: the same request, made by this page, does.
    if (isCrossSite(request)) response.type('html').send(arrivalPage())
    else response.status(401).type('html').send(signInPage(request.originalUrl))
    return
  }
  try {
    access.assertProject(params.data.project_id)
    const run = await findRunOrThrow(ctx, params.data)
    if (run.project_id !== params.data.project_id) return notFound(response)
    const [steps, [job], [environment], [project], upstream] = await Promise.all([
      readStepsWithLogs(ctx, run.id, { debug: false }),
      findJobsByIds(ctx.db, [run.job_id]),
      findEnvironmentsByIds(ctx.db, [run.environment_id]),
      findProjectsByIds(ctx.db, [run.project_id]),
      run.upstream_run_id === null ? undefined : findRun(ctx.db, run.account_id, run.upstream_run_id),
    ])
    const names = {
      jobName: job?.name ?? '',
      environmentName: environment?.name ?? '',
      projectName: project?.name ?? '',
    }
    response.type('html').send(runPage({ run, ...names, upstream, steps, now: new Date() }))
  } catch (error) {
    if (error instanceof NotFoundError) return notFound(response)
    throw error
  }
}

function notFound(response: Response): void {
  response
    .status(404)
    .type('html')
    .send(
      page('Not found · Stratus', html`<h1>Not found</h1><p>There is no such run, or this token may not see it.</p>`),
    )
}
