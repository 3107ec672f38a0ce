import type { Operation } from '../http/operation.ts'
import { addFaults } from '../simulation/add-faults.ts'
import { resetSimulation } from '../simulation/reset-simulation.ts'
import { retrieveSimulation } from '../simulation/retrieve-simulation.ts'
import { applyDocument } from './apply-document.ts'
import { createToken } from './create-token.ts'
import { exportDocument } from './export-document.ts'
import { listTokens } from './list-tokens.ts'
import { retrieveServer } from './retrieve-server.ts'
import { revokeToken } from './revoke-token.ts'

/** Stratus's own operations, beside dbt Cloud's. */
export const stratusOperations: readonly Operation[] = [
  retrieveServer,
  applyDocument,
  exportDocument,
  listTokens,
  createToken,
  revokeToken,
  retrieveSimulation,
  addFaults,
  resetSimulation,
]
