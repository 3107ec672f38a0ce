import * as z from 'zod'

export const metaSchema = z.object({
  description: z.string(),
  expected: z.string(),
  /** Says in words what holds without the variable. */
  fallback: z.string().optional(),
  /** Never show the value, not even in an error. */
  secret: z.literal(true).optional(),
  /** The command-line flag that sets the same thing. */
  flag: z.string().optional(),
})
export type VariableMeta = z.infer<typeof metaSchema>

export function text(meta: VariableMeta, isValid: (value: string) => boolean = () => true) {
  return z
    .string()
    .refine(isValid)
    .optional()
    .meta({ ...meta })
}

export function list(meta: VariableMeta, isValid: (item: string) => boolean = () => true) {
  return z
    .string()
    .default('')
    .transform((value) =>
      value
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    )
    .refine((items) => items.every(isValid))
    .meta({ fallback: 'none', ...meta })
}

/** A whole number whose fallback is not the same everywhere. */
export function optionalInteger(min: number, max: number, meta: VariableMeta) {
  return wholeNumber(min, max)
    .optional()
    .meta({ ...meta })
}

export function integer(min: number, max: number, fallback: number, meta: Omit<VariableMeta, 'expected'>) {
  return wholeNumber(min, max)
    .default(fallback)
    .meta({ expected: `a whole number from ${min} to ${max}`, fallback: String(fallback), ...meta })
}

export function oneOf<const Value extends string>(values: readonly Value[], meta: Omit<VariableMeta, 'expected'>) {
  return z
    .enum(values)
    .optional()
    .meta({ expected: `one of ${values.join(', ')}`, ...meta })
}

function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max)
}
