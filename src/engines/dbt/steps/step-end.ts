import type { StepEnd } from '../../run-engine.ts'
import { StepFailure } from '../../steps/step-failure.ts'
import type { ProgramEnd } from '../processes/guardian.ts'
import type { DbtProgram } from '../program/dbt-program.ts'
import type { Run } from '../run.ts'
import type { Hands } from '../users/hands.ts'

/** Exit codes above 0 mean different things in dbt 1 and 2; that it is 0 means the same. */
export async function stepEnd(
  { signal, hands }: Run,
  end: ProgramEnd,
  explain: () => Promise<string>,
  { file }: DbtProgram,
): Promise<StepEnd> {
  if (end.kind === 'not started') throw new StepFailure(startFailure(file, end, hands))
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

function startFailure(file: string, end: ProgramEnd & { readonly kind: 'not started' }, { user }: Hands): string {
  if (end.code === 'E2BIG')
    return 'The command and the variables of its run are longer than the operating system takes.'
  if (end.code === 'EACCES') {
    const who = user === undefined ? "the server's own user" : `the user ${user.name} that dbt runs as`
    return (
      `The dbt program ${file} cannot be executed by ${who}: it, the interpreter that its first line names or a folder above ` +
      'one of them is shut to that user. Install dbt, and its Python, where others may enter (below /opt, say), or open them (chmod, setfacl).'
    )
  }
  const reason = end.code === 'ENOENT' ? 'the interpreter that its first line names does not exist' : end.message
  return `The dbt program ${file} could not be started: ${reason}.`
}
