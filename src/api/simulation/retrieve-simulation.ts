import { none, operation } from '../operation.ts'
import { ok } from '../reply.ts'
import { assertWholeAccount } from '../stratus/assert-whole-account.ts'
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
