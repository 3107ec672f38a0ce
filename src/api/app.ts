import express, { type Express, type Request, type RequestHandler, type Response } from 'express'
import helmet from 'helmet'
import { NotFoundError } from '../domain/errors.ts'
import type { Caller } from './access.ts'
import type { ApiContext } from './api-context.ts'
import { authenticate } from './authenticate.ts'
import { authorize } from './authorize.ts'
import { serveDocs } from './docs/serve-docs.ts'
import { errorHandler, methodNotAllowed } from './error-handler.ts'
import { landingPage } from './landing-page.ts'
import { BadTokens } from './limits/bad-tokens.ts'
import { RateLimit } from './limits/rate-limit.ts'
import { refuseLongAddress } from './limits/refuse-long-address.ts'
import { listAccountsAt } from './list-accounts-at.ts'
import type { Operation } from './operation.ts'
import { operations } from './operations.ts'
import { servePages } from './pages/serve-pages.ts'
import { readBody } from './read-body.ts'
import { sendReply } from './send-reply.ts'
import { injectFaults } from './simulation/inject-faults.ts'
import { unservedOperations } from './unserved-operations.ts'

export interface AppOptions {
  /** Addresses and CIDRs of the proxies that may say who the client is; none unless given. */
  readonly trustProxy?: readonly string[]
  /** Whoever sits at this machine sees pages without a token. */
  readonly openOnLoopback?: boolean
  /** Requests that an account may make in a minute to this process; 0, or absent, for no limit. */
  readonly requestsPerMinute?: number
  /** The folder with the pages of `/api/docs`. */
  readonly docsFolder?: string
}

/** Checks the token of a request. */
type Identify = (request: Request) => Promise<Caller>

/** The whole HTTP surface. Paths are answered with and without their last slash, and never redirected. */
export function createApp(ctx: ApiContext, options: AppOptions = {}): Express {
  const limits = { rate: new RateLimit(options.requestsPerMinute ?? 0), badTokens: new BadTokens() }
  const identify: Identify = (request) => authenticate(ctx, limits, request)
  const app = express()
  app.set('etag', false)
  app.set('query parser', 'simple')
  app.set('trust proxy', [...(options.trustProxy ?? [])])
  // No Strict-Transport-Security: for `localhost` a browser would apply it to every other server on this machine.
  app.use(helmet({ strictTransportSecurity: false }))
  if (ctx.simulation !== undefined) app.use(injectFaults(ctx, ctx.simulation))
  app.use(refuseLongAddress)
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' })
  })
  app.get('/', serveRoot(ctx, identify))
  servePages(app, ctx, { openOnLoopback: options.openOnLoopback ?? false })
  if (options.docsFolder !== undefined) serveDocs(app, options.docsFolder)
  for (const [path, served] of byPath([...operations, ...unservedOperations])) {
    const route = app.route(path)
    for (const operation of served) route[operation.method](serve(ctx, identify, operation))
    route.all(refuseMethod(identify, served))
  }
  app.use('/api', async (request) => {
    await identify(request)
    throw new NotFoundError(`Nothing answers ${request.method} ${request.originalUrl.split('?', 1)[0]}.`)
  })
  app.use(() => {
    throw new NotFoundError('There is no such page.')
  })
  app.use(errorHandler)
  return app
}

function serve(ctx: ApiContext, identify: Identify, operation: Operation): RequestHandler {
  return async (request, response) => {
    const caller = await identify(request)
    const access = await authorize(ctx, operation, request, caller)
    const body = await readBody(request, response)
    response.set('Cache-Control', 'no-store')
    await sendReply(request, response, await operation.respond(ctx, { request, body, access }))
  }
}

/** People get a page; API clients an answer that says whether their token is good: Airflow's connection test is this. */
function serveRoot(ctx: ApiContext, identify: Identify): RequestHandler {
  const accounts = serve(ctx, identify, listAccountsAt('/'))
  return (request, response, next) => {
    response.vary('Accept')
    if (request.accepts(['json', 'html']) !== 'html') return accounts(request, response, next)
    response.type('html').send(landingPage)
  }
}

function refuseMethod(identify: Identify, served: readonly Operation[]): RequestHandler {
  const methods = served.map((operation) => operation.method.toUpperCase())
  const allowed = [
    ...(methods.includes('GET') ? ['GET', 'HEAD'] : []),
    ...methods.filter((name) => name !== 'GET'),
    'OPTIONS',
  ]
  return async (request: Request, response: Response) => {
    await identify(request)
    if (request.method === 'OPTIONS') response.set('Allow', allowed.join(', ')).status(204).end()
    else methodNotAllowed(request, response, allowed)
  }
}

function byPath(all: readonly Operation[]): Map<string, Operation[]> {
  const paths = new Map<string, Operation[]>()
  for (const operation of all) paths.set(operation.path, [...(paths.get(operation.path) ?? []), operation])
  return paths
}
