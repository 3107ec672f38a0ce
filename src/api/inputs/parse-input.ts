import type { Request } from 'express'
import type { z } from 'zod'
import { InvalidRequestError, NotFoundError } from '../../domain/errors.ts'
import { describeProblems } from './describe-problems.ts'

/** An id in a path that cannot exist is answered like one that does not. */
export function parseParams<T>(schema: z.ZodType<T>, request: Request): T {
  const result = schema.safeParse(request.params)
  if (!result.success) throw new NotFoundError('There is no such resource.', { cause: result.error })
  return result.data
}

export function parseQuery<T>(schema: z.ZodType<T>, request: Request): T {
  return parse(schema, request.query)
}

/** Clients send no body, an empty one or `null` for "nothing to say". */
export function parseBody<T>(schema: z.ZodType<T>, request: Request): T {
  return parse(schema, request.body ?? {})
}

function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw new InvalidRequestError(invalidRequestMessage, { fields: describeProblems(result.error, input) })
}

const invalidRequestMessage = 'The request was invalid. Please double check the provided data and try again.'
