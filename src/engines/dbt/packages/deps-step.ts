import type { PlannedStep } from '../../../domain/runs/run-step.ts'
import type { StepEnd } from '../../run-engine.ts'
import type { StepLog } from '../../steps/step-log.ts'
import { projectOf, type Run } from '../run.ts'
import { commandStep } from '../steps/command-step.ts'
import { holdFolder } from '../steps/hold-folder.ts'
import { declaresPackages } from './declared-packages.ts'
import { packagesAreCurrent } from './package-record.ts'
import { lackOfShippedPackages, packagesAreReadOnly } from './shipped-packages.ts'

/** `dbt deps`, unless it is certain that it would change nothing: starting dbt takes seconds. */
export async function depsStep(run: Run, step: PlannedStep, log: StepLog): Promise<StepEnd> {
  const { dir, checkoutRoot } = projectOf(run)
  // The packages that are found from now on are those of all further steps.
  const [declares] = await Promise.all([declaresPackages(dir, checkoutRoot), holdFolder(run, 'shared', log)])
  if (!declares) return nothingToDo(log, 'The project has no packages')
  if (await packagesAreCurrent(run)) return nothingToDo(log, unchanged)
  if (await packagesAreReadOnly(run)) {
    const lack = await lackOfShippedPackages(run)
    if (lack === undefined)
      return nothingToDo(log, 'The project cannot be written, and has all packages of its package-lock.yml')
    log.say(`The project's packages cannot be written, and are not complete: ${lack}.`)
    return commandStep(run, step, log)
  }
  const share = await holdFolder(run, 'alone', log)
  try {
    // Another run may have installed them meanwhile.
    return (await packagesAreCurrent(run)) ? nothingToDo(log, unchanged) : await commandStep(run, step, log)
  } finally {
    await share()
  }
}

const unchanged = 'The package files are unchanged and their packages are there'

function nothingToDo(log: StepLog, because: string): StepEnd {
  log.say(`${because}: there is nothing to install.`)
  return { status: 'success' }
}
