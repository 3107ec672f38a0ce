import * as z from 'zod'
import { expectationOf, explainIssues } from '../../definitions/stratus-yml/schema/explain-issues.ts'
import { name as documentName } from '../../definitions/stratus-yml/schema/schema-parts.ts'
import { bodyInt, bodyText } from './body-values.ts'

/*
 * Fields of the objects that clients create and change. An absent field leaves what is there; `null` clears a field
 * that can be without a value, and is as if absent for the others.
 */

export function bodyId(): z.ZodType<number | undefined> {
  return bodyInt(1, Number.MAX_SAFE_INTEGER)
}

/** A name follows the rule of stratus.yml, because people see it in one line. */
export function bodyName(): z.ZodType<string | undefined> {
  const error = 'Expected a name: text in one line of at most 255 characters, not empty.'
  return z
    .string({ error })
    .refine((text) => documentName.safeParse(text).success, { error })
    .nullish()
    .transform((text) => text ?? undefined)
}

/** The text, null for `null` and empty text, undefined when it is absent. */
export function clearableText(maxLength = 10_000): z.ZodType<string | null | undefined> {
  return clearable(bodyText(maxLength))
}

export function clearableId(): z.ZodType<number | null | undefined> {
  return clearable(bodyId())
}

/** `field`, with null and blank text as null. */
export function clearable<T>(field: z.ZodType<T | undefined>): z.ZodType<T | null | undefined> {
  return z
    .unknown()
    .transform((value, context): T | null | undefined => {
      if (value === undefined) return undefined
      if (value === null || (typeof value === 'string' && value.trim() === '')) return null
      const parsed = field.safeParse(value)
      if (parsed.success) return parsed.data
      for (const { message, path } of parsed.error.issues) context.addIssue({ code: 'custom', message, path })
      return z.NEVER
    })
    .optional()
}

/** Reads one of these words, in any case. */
export function bodyOneOf<const T extends string>(words: readonly T[]): z.ZodType<T | undefined> {
  const error = `Expected one of ${words.join(', ')}.`
  return z
    .string({ error })
    .nullish()
    .transform((text, context): T | undefined => {
      if (text === null || text === undefined || text.trim() === '') return undefined
      const word = words.find((each) => each === text.trim().toLowerCase())
      if (word !== undefined) return word
      context.addIssue({ code: 'custom', message: error })
      return z.NEVER
    })
}

/** 1 active, 2 deleted: what dbt Cloud's clients delete with. */
export function bodyState(): z.ZodType<number | undefined> {
  return bodyInt(1, 2)
}

/** Settings that only stratus.yml has are checked as there, so that an unknown key is a mistake here, too. */
export function documentPart<T>(schema: z.ZodType<T>): z.ZodType<T | undefined> {
  return z
    .unknown()
    .transform((value, context): T | undefined => {
      if (value === undefined || value === null) return undefined
      const parsed = schema.safeParse(value, { error: expectationOf })
      if (parsed.success) return parsed.data
      for (const { path, message } of explainIssues(parsed.error.issues, value, new Map())) {
        context.addIssue({ code: 'custom', path: [...path], message: sentenceOf(message) })
      }
      return z.NEVER
    })
    .optional()
}

/** The document's messages say what they got as well, which is said of every field already. */
function sentenceOf(message: string): string {
  const [, expected] = /^(?!unknown key).*, expected (.*)$/s.exec(message) ?? []
  return expected === undefined ? `${message.charAt(0).toUpperCase()}${message.slice(1)}.` : `Expected ${expected}.`
}
