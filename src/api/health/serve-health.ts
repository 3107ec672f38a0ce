import type { Express, RequestHandler } from 'express'
import type { HealthCheck } from './health-check.ts'

/** The checks of a server's needs, by name. */
export type HealthChecks = Readonly<Record<string, HealthCheck>>

/** The same operations as in openapi/stratus.yaml. */
export const healthOperations = [
  { operationId: 'Check Liveness', method: 'get', path: '/health/live' },
  { operationId: 'Check Readiness', method: 'get', path: '/health/ready' },
  { operationId: 'Check Health', method: 'get', path: '/healthz' },
] as const

/**
 * Says without a token, to supervisors and load balancers, whether the process is up and whether it can serve. A process that
 * waits for its database is alive: a restart would mend nothing and end its runs.
 */
export function serveHealth(app: Express, checks: HealthChecks): void {
  app.get('/health/live', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ status: 'ok' })
  })
  app.get(['/health/ready', '/healthz'], answerReadiness(checks))
}

function answerReadiness(checks: HealthChecks): RequestHandler {
  return async (_request, response) => {
    const answers = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => ({
        name,
        isNeeded: check.isNeeded,
        missing: await check.ask(),
      })),
    )
    const missed = answers.filter(({ missing }) => missing !== undefined)
    const isReady = missed.every(({ isNeeded }) => !isNeeded)
    if (!isReady) response.status(503).set('Retry-After', '2')
    response.set('Cache-Control', 'no-store').json({
      status: !isReady ? 'unavailable' : missed.length > 0 ? 'degraded' : 'ok',
      checks: Object.fromEntries(answers.map(({ name, missing }) => [name, missing ?? 'ok'])),
    })
  }
}
