import { randomUUID } from 'node:crypto'
import type { ErrorRequestHandler, Request, Response } from 'express'
import { isTransientError } from '../../db/pg-errors.ts'
import { AppError, NotFoundError, TooManyRequestsError } from '../../domain/errors.ts'
import { DamagedContentError, StoreError } from '../../domain/store-errors.ts'
import { httpLogger } from '../../logger.ts'
import { errorEnvelope, type Failure } from './replies/envelope.ts'
import { sendJson } from './replies/send-json.ts'

// dbt Cloud's own sentences; Terraform's provider and others look for words in them.
const notFoundMessage =
  'The requested resource was not found. Please check that you have the proper permissions. ' +
  'If you are seeing this in error, please contact support!'
const forbiddenMessage = 'Forbidden: Access denied'

/** They describe what would have been sent. */
const headersOfFiles = ['Content-Length', 'Content-Range', 'Accept-Ranges', 'ETag']

/** Renders every error of the API; what is not ours to explain becomes a 500 with an id that is in the log. */
export const errorHandler: ErrorRequestHandler = (error: unknown, request, response, _next) => {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const failure = failureOf(error, request)
  if (failure.code === 401) response.set('WWW-Authenticate', 'Bearer')
  if (failure.requestId !== undefined) response.set('X-Request-Id', failure.requestId)
  if (error instanceof TooManyRequestsError) response.set('Retry-After', String(error.retryAfterSeconds))
  if (failure.code === 503) response.set('Retry-After', '5')
  for (const name of headersOfFiles) response.removeHeader(name)
  sendJson(response, failure.code, errorEnvelope(failure))
}

export function methodNotAllowed(request: Request, response: Response, allowed: readonly string[]): void {
  const detail = `Method "${request.method}" not allowed.`
  response.set('Allow', allowed.join(', '))
  sendJson(response, 405, errorEnvelope({ code: 405, userMessage: detail, developerMessage: null, detail }))
}

interface Rendered extends Failure {
  /** The log has the reason under this id. */
  readonly requestId?: string
}

function failureOf(cause: unknown, request: Request): Rendered {
  // A path with a broken percent escape names nothing.
  const error = cause instanceof URIError ? new NotFoundError(cause.message, { cause }) : cause
  if (error instanceof DamagedContentError) return damaged(error, request)
  if (error instanceof StoreError) return storeUnavailable
  if (!(error instanceof AppError)) return isTransientError(error) ? unavailable : unexpected(error, request)
  switch (error.name) {
    case 'InvalidRequestError':
      return { code: 400, userMessage: error.message, developerMessage: unsaid(error), fields: error.fields }
    case 'UnauthorizedError':
      return { code: 401, userMessage: error.message, developerMessage: null }
    case 'ForbiddenError':
      return { code: 403, userMessage: forbiddenMessage, developerMessage: error.message }
    case 'NotFoundError':
      return { code: 404, userMessage: notFoundMessage, developerMessage: error.message }
    case 'TooLargeError':
      return { code: 413, userMessage: error.message, developerMessage: unsaid(error), fields: error.fields }
    case 'TooManyRequestsError':
      return { code: 429, userMessage: error.message, developerMessage: '' }
    case 'NotSupportedError':
      return { code: 501, userMessage: error.message, developerMessage: '' }
    default:
      return unexpected(error, request)
  }
}

/** Tells which fields are wrong, and how, where the message does not: some clients show a message and no data. */
function unsaid({ message, fields = {} }: AppError): string {
  return Object.entries(fields)
    .filter(([, sentence]) => !message.includes(sentence))
    .map(([field, sentence]) => `${field}: ${sentence}`)
    .join('\n')
}

/** The log says once that the database is gone, and not for each request. */
const unavailable: Rendered = {
  code: 503,
  userMessage: 'The server cannot reach its database now. Try again in a few seconds.',
  developerMessage: 'The request may be sent again. One that changes something may have been carried out nevertheless.',
}

/** The reason is in the log, once: it may name accounts and places. */
const storeUnavailable: Rendered = {
  code: 503,
  userMessage: 'The server cannot use its store of artifacts now. Try again in a few seconds.',
  developerMessage:
    'Artifacts, and logs of steps that have ended, are kept there. The log of the server has the reason.',
}

function damaged(err: DamagedContentError, request: Request): Rendered {
  const requestId = randomUUID()
  httpLogger.error({ err, requestId, method: request.method, path: request.path }, 'a stored file is damaged')
  const detail = 'The file is damaged in the store of artifacts: it is not what was stored there.'
  return {
    code: 500,
    userMessage: detail,
    developerMessage: `${err.message}. Request id: ${requestId}`,
    detail,
    requestId,
  }
}

function unexpected(err: unknown, request: Request): Rendered {
  const requestId = randomUUID()
  httpLogger.error({ err, requestId, method: request.method, path: request.path }, 'request failed')
  const detail = `There was a server error. The server's log says more under the request id ${requestId}.`
  return { code: 500, userMessage: detail, developerMessage: '', detail, requestId }
}
