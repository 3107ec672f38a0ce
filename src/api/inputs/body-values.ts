import * as z from 'zod'
import { isBranchName } from '../../domain/git/branch-name.ts'
import { isPlainName, plainNameExpected } from '../../domain/text/plain-name.ts'
import { isStorable } from '../../util/text/storable-text.ts'
import { booleanWords } from './boolean-words.ts'

/*
 * Fields of request bodies, as leniently as clients need: `null` and absent are the same, numbers and booleans
 * may come as text (Kestra, forms). What PostgreSQL cannot store is refused here, by name.
 */

const maxInt = 2_147_483_647

export function bodyText(maxLength: number): z.ZodType<string | undefined> {
  return z
    .string({ error: 'Expected text.' })
    .max(maxLength, { error: `Expected at most ${maxLength} characters.` })
    .refine(isStorable, { error: 'Expected text without NUL characters or half surrogate pairs.' })
    .nullish()
    .transform((text) => text ?? undefined)
}

/** Like `bodyText`, but empty text says nothing: clients that send every field send it for those they leave alone. */
export function filledBodyText(maxLength: number): z.ZodType<string | undefined> {
  return filled(bodyText(maxLength))
}

export function filled(field: z.ZodType<string | undefined>): z.ZodType<string | undefined> {
  return field.transform((text) => (text?.trim() === '' ? undefined : text))
}

/** A name that dbt is given as it is; empty text is none. */
export function plainBodyName(): z.ZodType<string | undefined> {
  return bodyText(1_024).refine((text) => !text?.trim() || isPlainName(text), { error: plainNameExpected })
}

export function bodyBranch(): z.ZodType<string | undefined> {
  return bodyText(1_024).refine((text) => !text?.trim() || isBranchName(text), {
    error: 'Expected the name of a branch.',
  })
}

/** Reads a whole number of at least `min`. */
export function bodyInt(min: number, max: number = maxInt): z.ZodType<number | undefined> {
  const expected = `Expected a whole number from ${min} to ${max}.`
  return z
    .preprocess(
      (value) => (typeof value === 'string' && /^\s*-?\d{1,15}\s*$/.test(value) ? Number(value) : blankToNull(value)),
      z.int({ error: expected }).min(min, { error: expected }).max(max, { error: expected }).nullish(),
    )
    .transform((value) => value ?? undefined)
}

/** It takes simple values only: an object may have a `toString` that is no function. */
function readBoolean(value: unknown): boolean | undefined {
  return typeof value === 'string' || typeof value === 'number'
    ? booleanWords.get(String(value).trim().toLowerCase())
    : undefined
}

export function bodyBoolean(): z.ZodType<boolean | undefined> {
  return z
    .preprocess(
      (value) => readBoolean(value) ?? blankToNull(value),
      z.boolean({ error: 'Expected true or false.' }).nullish(),
    )
    .transform((value) => value ?? undefined)
}

export function bodyTextList(maxItems: number, maxLength: number): z.ZodType<string[] | undefined> {
  const item = z
    .string({ error: 'Expected text.' })
    .max(maxLength, { error: `Expected at most ${maxLength} characters.` })
    .refine(isStorable, { error: 'Expected text without NUL characters or half surrogate pairs.' })
  return z
    .array(item, { error: 'Expected a list of texts.' })
    .max(maxItems, { error: `Expected at most ${maxItems} items.` })
    .nullish()
    .transform((items) => items ?? undefined)
}

function blankToNull(value: unknown): unknown {
  return typeof value === 'string' && value.trim() === '' ? null : value
}
