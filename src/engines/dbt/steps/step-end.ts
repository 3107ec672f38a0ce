import type { StepEnd } from '../../run-engine.ts'
import type { DbtProgram } from '../dbt-program.ts'
import type { ProgramEnd } from '../guardian.ts'
import type { Run } from '../run.ts'
import { StepFailure } from '../step-failure.ts'

/** Exit codes above 0 mean different things in dbt 1 and 2; that it is 0 means the same. */
export async function stepEnd(
  { signal }: Run,
  end: ProgramEnd,
  explain: () => Promise<string>,
  { file }: DbtProgram,
): Promise<StepEnd> {
  if (end.kind === 'not started') throw new StepFailure(startFailure(file, end.code, end.message))
  if (end.kind === 'lost') {
    if (signal.aborted) return { status: 'cancelled' }
    throw new StepFailure('The process that guards dbt was killed, and dbt with it.')
  }
  if (end.stoppedBy !== undefined) {
    if (signal.aborted) return { status: 'cancelled' }
    throw new StepFailure('dbt was stopped, because the worker did not renew its hold on the run in time.')
  }
  return end.code === 0 ? { status: 'success' } : { status: 'error', message: await explain() }
}

function startFailure(file: string, code: string | null, message: string): string {
  if (code === 'E2BIG') return 'The command and the variables of its run are longer than the operating system takes.'
  const reason = code === 'ENOENT' ? 'the interpreter that its first line names does not exist' : message
  return `The dbt program ${file} could not be started: ${reason}.`
}
