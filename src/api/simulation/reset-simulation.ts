import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { presentSimulation } from './present-simulation.ts'
import { controlOrThrow } from './simulation-control.ts'

export const resetSimulation = operation({
  operationId: 'Reset Simulation',
  method: 'delete',
  path: '/api/stratus/v1/simulation/',
  permission: 'account:admin',
  params: none,
  query: none,
  body: none,
  async handler(ctx, { access }) {
    assertWholeAccount(access)
    const control = controlOrThrow(ctx)
    control.faults.reset()
    control.journal.reset()
    ctx.wakeUp.publish({ kind: 'queued' }) // for runs that were stuck
    return ok(presentSimulation(control))
  },
})
