import type { SecretBox } from '../secrets/secret-box.ts'
import type { StepLogContext } from '../runs/run-log.ts'
import type { triggerRun } from '../runs/trigger-run.ts'

/** What the API's operations need; AppContext satisfies it, and so does a test's literal. */
export type ApiContext = StepLogContext &
  Parameters<typeof triggerRun>[0] & {
    readonly secretBox: SecretBox
    /** The address that people reach this server by, without a slash at its end. */
    publicUrl(): string
  }
