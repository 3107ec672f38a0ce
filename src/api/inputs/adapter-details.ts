import * as z from 'zod'
import { isStorable } from './body-fields.ts'

/*
 * Keys of a dbt adapter with their values, as connections and credentials have them. Newer forms wrap each value:
 * `{"fields": {"host": {"metadata": {…}, "value": "db"}}}`.
 */

export type GivenDetails = Readonly<Record<string, string | number | boolean | null>>

const detailName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, { error: 'Expected a key of a dbt profile.' })

const valueError = { error: 'Expected text, a number, true, false or null.' }

export const detailValue = z.union(
  [z.string().max(100_000).refine(isStorable), z.number(), z.boolean(), z.null()],
  valueError,
)

const plainDetails = z.record(detailName, detailValue)
const field = z.union([detailValue, z.object({ value: detailValue.optional() })], valueError)
const formDetails = z.looseObject({ fields: z.record(detailName, field) })

/** Of a connection: `details` as it is, or what its form wraps in `connection_details`. */
export const connectionDetails = z
  .union([z.looseObject({ connection_details: formDetails }), formDetails, plainDetails], {
    error: 'Expected an object of keys of a dbt profile with text, numbers, true, false or null.',
  })
  .nullish()
  .transform((details): GivenDetails | undefined => {
    if (details === null || details === undefined) return undefined
    if (isWrapped(details)) return unwrap(details.connection_details)
    return isForm(details) ? unwrap(details) : plainDetails.parse(details)
  })

/** Of credentials: `credential_details`. */
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
      const value = typeof given === 'object' && given !== null ? given.value : given
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}
