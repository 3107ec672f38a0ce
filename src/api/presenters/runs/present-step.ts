import { humanizeSeconds } from '../../../domain/text/humanize-duration.ts'
import type { StepWithLogs } from '../../../runs/run-log.ts'
import type { components } from '../../wire/v2.generated.ts'
import { clockDuration, secondsBetween } from '../time/durations.ts'
import { nullable, spacedInstant } from '../time/wire-dates.ts'
import { wireStepStatuses } from '../wire-status.ts'

export function presentStep(
  { step, consoleLog, debugLog }: StepWithLogs,
  accountId: number,
): components['schemas']['RunStep'] {
  const { code, word, color } = wireStepStatuses[step.status]
  const duration = secondsBetween(step.started_at, step.finished_at)
  const command = step.argv ?? step.command
  return {
    id: step.id,
    run_id: step.run_id,
    account_id: accountId,
    index: step.index,
    status: code,
    name: step.name,
    logs: consoleLog,
    debug_logs: debugLog,
    truncated_debug_logs: '',
    log_path: null,
    debug_log_path: null,
    started_at: nullable(spacedInstant, step.started_at),
    finished_at: nullable(spacedInstant, step.finished_at),
    status_color: color,
    status_humanized: word,
    status_message: step.status_message,
    duration: clockDuration(duration),
    duration_humanized: humanizeSeconds(duration),
    created_at: spacedInstant(step.created_at),
    updated_at: spacedInstant(step.updated_at),
    run_step_command: command === null ? null : { run_step_id: step.id, dbt_command: command },
    run_step_invocation: null,
  }
}
