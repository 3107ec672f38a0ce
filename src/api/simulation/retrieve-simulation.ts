import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { presentSimulation } from './present-simulation.ts'
import { controlOrThrow } from './simulation-control.ts'

export const retrieveSimulation = operation({
  operationId: 'Retrieve Simulation',
  method: 'get',
  path: '/api/stratus/v1/simulation/',
  permission: 'account:admin',
  params: none,
  query: none,
  body: none,
  async handler(ctx, { access }) {
    assertWholeAccount(access)
    return ok(presentSimulation(controlOrThrow(ctx)))
  },
})
