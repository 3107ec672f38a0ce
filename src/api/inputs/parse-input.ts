import type * as z from 'zod'
import { InvalidRequestError, NotFoundError } from '../../domain/errors.ts'
import { explainProblems } from './explain-problems.ts'

/** dbt Cloud's sentence above the fields that are wrong. */
export const invalidRequestMessage = 'The request was invalid. Please double check the provided data and try again.'

/** An id in a path that cannot exist is answered like one that does not. */
export function parseParams<T>(schema: z.ZodType<T>, params: unknown): T {
  const result = schema.safeParse(params)
  if (!result.success) throw new NotFoundError('There is no such resource.', { cause: result.error })
  return result.data
}

export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw new InvalidRequestError(invalidRequestMessage, { fields: explainProblems(result.error, input) })
}

/** Takes input that is not what is expected as if it were not there. */
export function parseIfValid<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input)
  return result.success ? result.data : schema.parse({})
}
