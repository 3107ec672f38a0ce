import * as z from 'zod'
import type { Detail } from '../../domain/environment.ts'
import { isSecretDetail, namesSecretVariable, noSecretVariableExpected } from '../../domain/secrets/secret-names.ts'
import { isStorable } from '../../util/text/storable-text.ts'

/*
 * Keys of a dbt adapter with their values, as connections and credentials have them. Newer forms wrap each value:
 * `{"fields": {"host": {"metadata": {…}, "value": "db"}}}`.
 */

export type GivenDetails = Readonly<Record<string, Detail | null>>

const detailName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, { error: 'Expected a key of a dbt profile.' })

const text = z.string().max(100_000).refine(isStorable)

const plainText = text.refine((value) => !namesSecretVariable(value), { error: noSecretVariableExpected })

/** A detail of credentials is never a list. */
export const detailScalar = z.union([plainText, z.number(), z.boolean(), z.null()], {
  error: 'Expected text, a number, true, false or null.',
})

const valueError = { error: 'Expected text, a number, true, false, null or a list of texts.' }
const detailValue = z.union([plainText, z.number(), z.boolean(), z.null(), z.array(plainText).max(1_000)], valueError)

const plainDetails = z.record(detailName, detailValue)
const field = z.union([detailValue, z.object({ value: detailValue.optional() })], valueError)
const formDetails = z.looseObject({ fields: z.record(detailName, field) })

/** A connection's `details` come plain, or as its form wraps them in `connection_details`. */
export const connectionDetails = z
  .union([z.looseObject({ connection_details: formDetails }), formDetails, plainDetails], {
    error: 'Expected an object of keys of a dbt profile with text, numbers, true, false, null or lists of texts.',
  })
  .nullish()
  .transform((given, context): GivenDetails | undefined => {
    if (given === null || given === undefined) return undefined
    const details = isWrapped(given)
      ? unwrap(given.connection_details)
      : isForm(given)
        ? unwrap(given)
        : plainDetails.parse(given)
    for (const [name, value] of Object.entries(details)) {
      if (!Array.isArray(value) || !isSecretDetail(name)) continue
      context.addIssue({ code: 'custom', path: [name], message: 'Expected text: it is a secret.' })
    }
    return details
  })

/** Credentials bring `credential_details` in the form alone. */
export const credentialDetails = formDetails.nullish().transform((form) => (form ? unwrap(form) : undefined))

type Form = z.infer<typeof formDetails>

function isWrapped(details: object): details is { connection_details: Form } {
  return 'connection_details' in details && formDetails.safeParse(details.connection_details).success
}

function isForm(details: object): details is Form {
  return formDetails.safeParse(details).success
}

function unwrap({ fields }: Form): GivenDetails {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, given]) => {
      const value = typeof given === 'object' && given !== null && !Array.isArray(given) ? given.value : given
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}
