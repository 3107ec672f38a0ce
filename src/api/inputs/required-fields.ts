import { InvalidRequestError } from '../../domain/errors.ts'
import { invalidRequestMessage } from './parse-input.ts'

type Present<T, K extends keyof T> = T & { [Name in K]-?: NonNullable<T[Name]> }

/** Throws one InvalidRequestError that names every field of `names` that `body` lacks. */
export function requireFields<T extends object, K extends keyof T & string>(
  body: T,
  names: readonly K[],
): asserts body is Present<T, K> {
  const missing = names.filter((name) => body[name] === undefined || body[name] === null)
  if (missing.length === 0) return
  throw new InvalidRequestError(invalidRequestMessage, {
    fields: Object.fromEntries(missing.map((name) => [name, 'This field is required.'])),
  })
}

/** Throws unless `given` is absent or what it must be: for ids that stand in the path as well, or never change. */
export function assertSame(name: string, given: number | undefined, expected: number, sentence?: string): void {
  if (given === undefined || given === expected) return
  throw new InvalidRequestError(invalidRequestMessage, {
    fields: { [name]: sentence ?? `The provided ${name} does not match.` },
  })
}
