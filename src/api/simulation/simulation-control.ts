import { ForbiddenError } from '../../domain/errors.ts'
import { Faults } from './faults.ts'
import { RequestJournal } from './request-journal.ts'

/** What tests of clients do to a server of their own, and see of it. A server that others use has none. */
export class SimulationControl {
  readonly faults = new Faults()
  readonly journal = new RequestJournal()
}

export function controlOrThrow({ simulation }: { readonly simulation?: SimulationControl }): SimulationControl {
  if (simulation !== undefined) return simulation
  throw new ForbiddenError('Forbidden: faults and the journal of requests are there in "stratus dev" alone.')
}
