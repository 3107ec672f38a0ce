import type { RequestHandler } from 'express'
import { errorEnvelope } from '../replies/envelope.ts'
import { sendJson } from '../replies/send-json.ts'

/** Room for a filter with a thousand ids. */
const maxLength = 8 * 1024

export const refuseLongAddress: RequestHandler = (request, response, next) => {
  if (request.originalUrl.length <= maxLength) return next()
  const userMessage = `The address of this request is longer than ${maxLength} characters.`
  sendJson(response, 414, errorEnvelope({ code: 414, userMessage, developerMessage: '' }))
}
