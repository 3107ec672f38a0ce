import type { PlannedStep } from '../../domain/run-step.ts'
import type { StepEnd } from '../run-engine.ts'
import type { StepLog } from '../steps/step-log.ts'
import { commandStep } from './command-step.ts'
import { declaresPackages, packagesAreInstalled, rememberPackages } from './package-files.ts'
import { projectOf, type Run } from './run.ts'

/** `dbt deps`, unless it would do nothing: starting dbt takes seconds. */
export async function depsStep(run: Run, step: PlannedStep, log: StepLog): Promise<StepEnd> {
  const { dataDir } = run.services
  const { dir, packagesFolder } = projectOf(run)
  if (!(await declaresPackages(dir))) {
    log.say('The project has no packages: there is nothing to install.')
    return { status: 'success' }
  }
  if (await packagesAreInstalled(dataDir, dir, packagesFolder)) {
    log.say('The package files are unchanged and their packages are there: there is nothing to install.')
    return { status: 'success' }
  }
  const end = await commandStep(run, step, log)
  if (end.status === 'success') await rememberPackages(dataDir, dir)
  return end
}
