import * as z from 'zod'
import { finalStatusCodes } from '../../../domain/runs/run-status.ts'
import { type FieldKinds, saidFinalStatuses } from '../../jobs/job-fields.ts'
import { id, integer, mapping, text } from './schema-parts.ts'

const status = z.literal([...finalStatusCodes], { error: saidFinalStatuses('or') })

/** The fields of stratus.yml, where null says what absence does. */
export const strictFields: FieldKinds = {
  mapping,
  flag: () => z.boolean().nullish(),
  integer: (min, max) => integer(min, max).nullish(),
  count: (max) => integer(1, max).nullish(),
  integers: (min, max, items) => z.array(integer(min, max), { error: `a list of ${items}` }).nullish(),
  text: (maxLength) => text(maxLength).nullish(),
  word: (words) => z.enum(words),
  id: () => id,
  statuses: z.array(status).min(1, { error: `at least one of ${saidFinalStatuses('and')}` }),
  expected: (what) => what,
}
