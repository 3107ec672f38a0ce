import { InvalidRequestError } from '../domain/errors.ts'

/** The number that an option or argument was given. */
export function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new InvalidRequestError(`${name}: got "${text}", expected a whole number above 0.`)
}
