import { IncomingMessage, ServerResponse } from 'node:http'
import type { Express } from 'express'

/**
 * The server makes requests and responses of these classes. Express gives each of the usual ones another prototype, which
 * leaves V8 without a fast way to any of their properties; these have it from the start, so that nothing changes.
 */
export function expressClasses(app: Express) {
  class ExpressRequest extends IncomingMessage {}
  class ExpressResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {}
  Object.setPrototypeOf(ExpressRequest.prototype, app.request)
  Object.setPrototypeOf(ExpressResponse.prototype, app.response)
  Object.assign(app, { request: ExpressRequest.prototype, response: ExpressResponse.prototype })
  return { IncomingMessage: ExpressRequest, ServerResponse: ExpressResponse }
}
