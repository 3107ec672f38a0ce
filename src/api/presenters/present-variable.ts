import type { VariableRecord } from '../../definitions/variables/variable-queries.ts'
import { activeState, type State } from '../../domain/state.ts'
import type { components } from '../wire/v2.generated.ts'
import { spacedInstant } from './time/wire-dates.ts'

type Schemas = components['schemas']

export function presentVariable(variable: VariableRecord, state: State = activeState): Schemas['EnvironmentVariable'] {
  return {
    id: variable.id,
    account_id: variable.account_id,
    project_id: variable.project_id,
    name: variable.name,
    type: typeOf(variable),
    user_id: null,
    environment_id: variable.environment_id,
    job_definition_id: variable.job_id,
    display_value: variable.shown,
    state,
    created_at: spacedInstant(variable.created_at),
    updated_at: spacedInstant(variable.updated_at),
  }
}

function typeOf({ job_id, environment_id }: VariableRecord): 'job' | 'environment' | 'project' {
  if (job_id !== null) return 'job'
  return environment_id === null ? 'project' : 'environment'
}

export function presentVariableValue(variable: VariableRecord): Schemas['EnvironmentVariableValue'] {
  return { id: variable.id, value: variable.shown }
}
