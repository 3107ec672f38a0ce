import { projectOf, type Run } from '../run.ts'
import { environmentOf } from '../run-environment.ts'
import { type DbtProgram, findDbtProgram } from './dbt-program.ts'

/** The dbt program of a run, looked for once. Rejects with a StepFailure when there is none. */
export function dbtOfRun(run: Run): Promise<DbtProgram> {
  const name = run.plan.engine.command ?? run.services.defaultDbtCommand
  run.program ??= findDbtProgram(name, environmentOf(run).PATH ?? '', projectOf(run).dir)
  return run.program
}
