import * as z from 'zod'
import { type FieldKinds, saidFinalStatuses } from '../../definitions/jobs/job-fields.ts'
import { finalStatusCodes } from '../../domain/runs/run-status.ts'
import { bodyBoolean, bodyInt } from './body-values.ts'
import { bodyId, bodyOneOf, clearable, clearableText } from './clearable-fields.ts'

const status = z.preprocess(
  (value) => (typeof value === 'string' ? Number(value) : value),
  z.literal([...finalStatusCodes], { error: `Expected ${saidFinalStatuses('or')}.` }),
)
const statusesExpected = `Expected a list of at least one of ${saidFinalStatuses('and')}.`

/** The fields of request bodies: see `body-values.ts`. */
export const lenientFields: FieldKinds = {
  mapping: (shape) => z.object(shape, { error: 'Expected an object.' }),
  flag: () => bodyBoolean().optional(),
  integer: (min, max) => bodyInt(min, max).optional(),
  // Some clients write 0 for a number that nobody gave.
  count: (max) => clearable(bodyInt(0, max)).optional(),
  integers(min, max) {
    const error = `Expected a list of whole numbers from ${min} to ${max}.`
    const item = z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error })
    return z
      .array(item, { error })
      .max(max - min + 1, { error })
      .nullish()
  },
  text: (maxLength) => clearableText(maxLength).optional(),
  word: bodyOneOf,
  id: () => bodyId().optional(),
  statuses: z.array(status, statusesExpected).min(1, statusesExpected).max(3, statusesExpected),
  expected: (what) => `Expected ${what}.`,
}
