import path from 'node:path'
import { StepFailure } from '../../steps/step-failure.ts'
import { withoutLinks } from '../profiles/duckdb/duckdb-files.ts'
import { projectOf, type Run } from '../run.ts'
import { projectFoldersOf } from './project-folders.ts'

/**
 * It is true when `dbt clean` is going to remove the project's target folder, for which that of the run stands. Throws a
 * StepFailure if it would remove anything outside of the project: a job must not remove what is not its own. The names
 * that only dbt can know are left to it: it keeps to the project.
 */
export async function cleansTarget(run: Run): Promise<boolean> {
  const { dir } = projectOf(run)
  const { target, cleanTargets } = await projectFoldersOf(run)
  const known = cleanTargets.filter((folder) => folder !== undefined)
  for (const folder of await Promise.all(known.map(withoutLinks))) {
    if (folder.startsWith(dir + path.sep)) continue
    const cure = 'Mend clean-targets or target-path in dbt_project.yml.'
    throw new StepFailure(`\`dbt clean\` would remove ${folder}, which is not inside of the project ${dir}. ${cure}`)
  }
  return target !== undefined && known.includes(target)
}
