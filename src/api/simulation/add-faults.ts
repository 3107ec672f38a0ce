import * as z from 'zod'
import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { bodyInt, bodyText } from '../inputs/body-values.ts'
import { faultKindNames } from './fault-kinds.ts'
import { presentSimulation } from './present-simulation.ts'
import { controlOrThrow } from './simulation-control.ts'

const fault = z.object({
  kind: z.enum(faultKindNames, { error: `Expected one of ${faultKindNames.join(', ')}.` }),
  times: bodyInt(1, 1000),
  seconds: z
    .number({ error: 'Expected seconds.' })
    .min(0)
    .max(3600, { error: 'Expected at most 3600 seconds.' })
    .nullish(),
  status: bodyInt(500, 504),
  method: bodyText(10),
  path: bodyText(200),
})

export const addFaults = operation({
  operationId: 'Add Faults',
  method: 'post',
  path: '/api/stratus/v1/simulation/',
  permission: 'account:admin',
  params: none,
  query: none,
  body: z.object({
    faults: z.array(fault, { error: 'Expected a list of faults.' }).max(100, { error: 'Expected at most 100 faults.' }),
  }),
  async handler(ctx, { body, access }) {
    assertWholeAccount(access)
    const control = controlOrThrow(ctx)
    control.faults.add(body.faults.map((given) => ({ ...given, seconds: given.seconds ?? undefined })))
    return ok(presentSimulation(control))
  },
})
