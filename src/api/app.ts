import express, { type Express, type RequestHandler } from 'express'
import helmet from 'helmet'
import { NotFoundError } from '../domain/errors.ts'
import { listAccounts } from './accounts/list-accounts.ts'
import type { ApiContext } from './api-context.ts'
import { serveDocs } from './docs/serve-docs.ts'
import { serveHealth } from './health/serve-health.ts'
import { authenticate } from './http/authenticate.ts'
import { errorHandler } from './http/error-handler.ts'
import { BadTokens } from './http/limits/bad-tokens.ts'
import { RateLimit } from './http/limits/rate-limit.ts'
import { refuseLongAddress } from './http/limits/refuse-long-address.ts'
import { type Identify, serveOperation, serveOperations } from './http/serve-operations.ts'
import { knownOperations } from './operations.ts'
import { landingPage } from './pages/landing-page.ts'
import { servePages } from './pages/serve-pages.ts'
import { injectFaults } from './simulation/inject-faults.ts'

export interface AppOptions {
  /** Addresses and CIDRs of the proxies that may say who the client is; none unless given. */
  readonly trustProxy?: readonly string[]
  /** Requests that an account may make in a minute to this process; 0, or absent, for no limit. */
  readonly requestsPerMinute?: number
  /** The folder with the pages of `/api/docs`. */
  readonly docsFolder?: string
}

/** The whole HTTP surface. Paths are answered with and without their last slash, and never redirected. */
export function createApp(ctx: ApiContext, options: AppOptions = {}): Express {
  const limits = { rate: new RateLimit(options.requestsPerMinute ?? 0), badTokens: new BadTokens() }
  const identify: Identify = (request) => authenticate(ctx, limits, request)
  const app = express()
  app.set('etag', false)
  app.set('query parser', 'simple')
  app.set('trust proxy', [...(options.trustProxy ?? [])])
  app.disable('x-powered-by')
  if (ctx.simulation !== undefined) app.use(injectFaults(ctx, ctx.simulation))
  app.use(refuseLongAddress)
  app.use(serveOperations(ctx, identify, knownOperations))
  // For what browsers show. No Strict-Transport-Security: for `localhost` they would apply it to every other server on
  // this machine.
  app.use(helmet({ strictTransportSecurity: false }))
  serveHealth(app, ctx.health)
  app.get('/', serveRoot(ctx, identify))
  servePages(app, ctx, limits.badTokens)
  if (options.docsFolder !== undefined) serveDocs(app, options.docsFolder)
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

/** People get a page; API clients an answer that says whether their token is good: Airflow's connection test is this. */
function serveRoot(ctx: ApiContext, identify: Identify): RequestHandler {
  const accounts = serveOperation(ctx, identify, { ...listAccounts, operationId: 'List Accounts', path: '/' })
  return (request, response) => {
    response.vary('Accept')
    if (request.accepts(['json', 'html']) !== 'html') return accounts(request, response)
    response.type('html').send(landingPage)
  }
}
