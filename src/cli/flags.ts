import type { FlagValues } from '../config/env.ts'
import type { VariableName } from '../config/env-variables.ts'

const variableOf: Readonly<Record<string, VariableName>> = {
  host: 'STRATUS_HOST',
  port: 'STRATUS_PORT',
  publicUrl: 'STRATUS_PUBLIC_URL',
  dataDir: 'STRATUS_DATA_DIR',
  readyFile: 'STRATUS_READY_FILE',
  tlsName: 'STRATUS_TLS_NAMES',
  holdPollsSeconds: 'STRATUS_HOLD_POLLS_SECONDS',
  drainTimeout: 'STRATUS_DRAIN_TIMEOUT',
  logLevel: 'STRATUS_LOG_LEVEL',
  url: 'STRATUS_URL',
}

/** The options of a command that override environment variables, under the names of those. */
export function flagValues(options: Readonly<Record<string, unknown>>): FlagValues {
  const flags: FlagValues = {}
  for (const [option, variable] of Object.entries(variableOf)) {
    const value = options[option]
    if (value !== undefined) flags[variable] = Array.isArray(value) ? value.join(',') : String(value)
  }
  return flags
}
