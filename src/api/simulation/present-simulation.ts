import { instant } from '../presenters/time/wire-dates.ts'
import type { components } from '../wire/stratus.generated.ts'
import { faultKinds } from './fault-kinds.ts'
import { secondsLeft } from './faults.ts'
import type { SimulationControl } from './simulation-control.ts'

type Schemas = components['schemas']

export function presentSimulation({ faults, journal }: SimulationControl): Schemas['Simulation'] {
  return {
    faults: faults.current.map((fault) => ({
      kind: fault.kind,
      incident: faultKinds[fault.kind].incident,
      times: fault.times,
      remaining: fault.remaining,
      seconds: fault.seconds,
      seconds_left: fault.since === undefined ? null : Math.max(0, secondsLeft(fault)),
      status: fault.kind === 'bad_gateway' ? fault.status : null,
      method: fault.method ?? null,
      path: fault.path ?? null,
    })),
    journal: journal.entries.map((entry) => ({
      at: instant(entry.at),
      method: entry.method,
      path: entry.path,
      status: entry.status,
      duration_ms: entry.durationMs,
      user_agent: entry.userAgent,
      fault: entry.fault,
    })),
  }
}
