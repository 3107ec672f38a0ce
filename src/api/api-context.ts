import type { ApplyContext } from '../definitions/stratus-yml/apply/apply-document.ts'
import type { StepLogContext } from '../runs/run-log.ts'
import type { triggerRun } from '../runs/trigger-run.ts'
import type { HealthChecks } from './health/serve-health.ts'
import type { HeldPolls } from './http/held-polls.ts'
import type { SimulationControl } from './simulation/simulation-control.ts'

/** What the API's operations need; AppContext has it, and so does a test's literal. */
export type ApiContext = StepLogContext &
  ApplyContext &
  Parameters<typeof triggerRun>[0] & {
    /** Of Stratus. */
    readonly version: string
    /** The checks of everything that this server needs to serve. */
    readonly health: HealthChecks
    /** Polls of live runs that are answered when the run ends. */
    readonly heldPolls: HeldPolls
    /** In `stratus dev` alone. */
    readonly simulation?: SimulationControl
    /** The address that people reach this server by, without a slash at its end. */
    publicUrl(): string
  }
