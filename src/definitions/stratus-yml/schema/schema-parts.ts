import * as z from 'zod'
import { isBranchName } from '../../../domain/git/branch-name.ts'
import { isOneLine } from '../../../domain/text/one-line-text.ts'
import { isPlainName, plainNameRule } from '../../../domain/text/plain-name.ts'
import { isStorable } from '../../../util/text/storable-text.ts'

/*
 * Parts of the document's schema. A schema's message says what it expects, as the end of a sentence
 * ("… expected true or false"); `explain-issues.ts` puts what was got before it.
 */

/** A mapping with these keys and no others. Its message for an unknown key is the list of known ones. */
export function mapping<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined),
  })
}

export function text(maxLength = 10_000) {
  return z
    .string()
    .max(maxLength, { error: `text of at most ${maxLength} characters` })
    .refine(isStorable, { error: 'text without NUL characters' })
}

export const filledText = filled(text())

/** `text` that says something. */
export function filled(schema: ReturnType<typeof text>) {
  return schema.refine((value) => value.trim() !== '', { error: 'text that is not empty' })
}

/** People see names in one line, in logs and in step names. */
export const name = text(255).refine((value) => value.trim() !== '' && isOneLine(value), {
  error: 'a name: text in one line, not empty',
})

/** Folders, programs and their like are one line. */
export const line = filledText.refine(isOneLine, { error: 'text in one line' })

export const branch = filledText.refine(isBranchName, { error: 'the name of a branch' })

/** dbt is given it as it is, in a profile or as an option. */
export const plainName = text().refine(isPlainName, { error: plainNameRule })

export const id = z.int({ error: 'a whole number above 0' }).positive({ error: 'a whole number above 0' }).nullish()

const largestInteger = 2_147_483_647

export function integer(min: number, max = largestInteger) {
  const error = max === largestInteger ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`
  return z.int({ error }).min(min, { error }).max(max, { error })
}

/** The values that YAML writes without quotes and dbt reads as text. */
export const scalar = z.union([text(100_000), z.number(), z.boolean()], { error: 'text, a number, or true or false' })
