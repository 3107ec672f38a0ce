import { type DbtOption, options } from './dbt-options.ts'
import { refusedValue } from './refused-parts.ts'

/** The variables that dbt reads as options whose values are bounded, without their prefix DBT_ or DBT_ENGINE_. */
const optionOfVariable: ReadonlyMap<string, DbtOption> = new Map([
  ['STATE', options.state],
  ['DEFER_STATE', options.deferState],
  ['ARTIFACT_STATE_PATH', options.deprecatedState],
  ['PRINTER_WIDTH', options.printerWidth],
])

/** Says why dbt may not be given a variable with this value, in a whole sentence; undefined when it may. `roots` as of a command. */
export function variableProblem(name: string, value: string, roots: readonly string[]): string | undefined {
  const [, suffix = ''] = /^DBT_(?:ENGINE_)?(\w+)$/.exec(name) ?? []
  const option = optionOfVariable.get(suffix)
  if (option === undefined || value === '') return undefined
  const reason = refusedValue({ option, spelling: name, values: [value] }, roots, name)
  return reason && `An environment variable ${reason}`
}
