import { setTimeout as wait } from 'node:timers/promises'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { NotFoundError, TooManyRequestsError } from '../../domain/errors.ts'
import { isFinalStatus } from '../../domain/runs/run-status.ts'
import { findRun } from '../../runs/run-queries.ts'
import type { ApiContext } from '../api-context.ts'
import { type Fault, secondsLeft } from './faults.ts'
import type { SimulationControl } from './simulation-control.ts'

export const controlPath = '/api/stratus/v1/simulation'

type Context = Pick<ApiContext, 'db'>

/** Writes the journal, and does to requests what the faults say. What controls it is left alone. */
export function injectFaults(ctx: Context, { faults, journal }: SimulationControl): RequestHandler {
  return async (request, response, next) => {
    if (request.path.startsWith(controlPath)) return next()
    const startedAt = performance.now()
    const at = new Date()
    const fault = meetsFaults(request) ? faults.meet(request) : undefined
    response.once('close', () => {
      journal.add({
        at,
        method: request.method,
        path: request.originalUrl.slice(0, 1000),
        status: response.writableFinished ? response.statusCode : null,
        durationMs: Math.round(performance.now() - startedAt),
        userAgent: request.get('user-agent')?.slice(0, 300) ?? null,
        fault: fault?.kind ?? null,
      })
    })
    if (fault === undefined) return next()
    await happen(ctx, fault, request, response, next)
  }
}

/**
 * dbt Cloud's own paths; those of Stratus, pages and health checks go on as they do. A test that sets faults for its
 * subject asks for runs itself: it says with a header that its own requests are to meet none.
 */
function meetsFaults(request: Request): boolean {
  return /^\/api\/(v2|v3)\//.test(request.path) && request.headers['x-stratus-no-faults'] === undefined
}

async function happen(
  ctx: Context,
  fault: Fault,
  request: Request,
  response: Response,
  next: NextFunction,
): Promise<void> {
  switch (fault.kind) {
    case 'run_not_found_after_create':
      return next(new NotFoundError('A fault: the run is not found yet.'))
    case 'rate_limited':
      return next(new TooManyRequestsError('Too many requests.', Math.max(1, Math.ceil(secondsLeft(fault)))))
    case 'bad_gateway':
      response.status(fault.status).type('html').send(`<html><body><h1>${fault.status}</h1></body></html>\n`)
      return
    case 'cut_connection':
      request.socket.destroy()
      return
    case 'lost_reply':
      // The request is done and written by then; only the answer does not leave.
      response.end = () => {
        request.socket.destroy()
        return response
      }
      return next()
    case 'slow_reads':
      await unlessGone(response, (signal) => wait(fault.seconds * 1000, undefined, { signal }))
      return next()
    case 'cancel_race':
      await unlessGone(response, (signal) => untilRunEnded(ctx, request, fault.seconds, signal))
      return next()
    case 'stuck_in_queue':
      return next()
  }
}

/** Waits, but not for a client that has gone. */
async function unlessGone(response: Response, waiting: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const gone = new AbortController()
  const leave = () => gone.abort()
  response.once('close', leave)
  await waiting(gone.signal).catch((error: unknown) => {
    if (!gone.signal.aborted) throw error
  })
  response.off('close', leave)
}

async function untilRunEnded(ctx: Context, request: Request, seconds: number, signal: AbortSignal): Promise<void> {
  const [, accountId, runId] = /\/accounts\/(\d+)\/runs\/(\d+)\//.exec(request.path) ?? []
  const end = performance.now() + seconds * 1000
  while (performance.now() < end) {
    const run = await findRun(ctx.db, Number(accountId), Number(runId))
    if (run === undefined || isFinalStatus(run.status)) return
    await wait(50, undefined, { signal })
  }
}
