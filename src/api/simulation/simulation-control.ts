import { ForbiddenError } from '../../domain/errors.ts'
import { Faults } from './faults.ts'
import { RequestJournal } from './request-journal.ts'

/** Tests of clients set faults in a server of their own and read its journal. A server that others use has neither. */
export class SimulationControl {
  readonly faults = new Faults()
  readonly journal = new RequestJournal()
}

export function controlOrThrow({ simulation }: { readonly simulation?: SimulationControl }): SimulationControl {
  if (simulation !== undefined) return simulation
  throw new ForbiddenError('Forbidden: faults and the journal of requests are there in "stratus dev" alone.')
}
