import path from 'node:path'
import { isBelow } from '../../../util/files/is-below.ts'
import { StepFailure } from '../../steps/step-failure.ts'
import { withoutLinks } from '../profiles/duckdb/duckdb-files.ts'
import { projectOf, type Run } from '../run.ts'
import { projectFoldersOf } from '../steps/project-folders.ts'

/**
 * Throws a StepFailure if `dbt deps`, which removes its folder before it fills it, would remove what is not of the
 * project. A name that only dbt can know is left to it.
 */
export async function assertPackagesInside(run: Run): Promise<void> {
  const { packages } = await projectFoldersOf(run)
  if (packages === undefined) return
  const { dir, checkoutRoot } = projectOf(run)
  const folder = await withoutLinks(packages)
  const holdsProject = `${dir}${path.sep}`.startsWith(`${folder}${path.sep}`)
  const roots = checkoutRoot === undefined ? [...run.services.projectRoots, dir] : [checkoutRoot]
  if (!holdsProject && (await isBelow(folder, roots))) return
  throw new StepFailure(
    `\`dbt deps\` would remove ${folder}, which is not inside of the project ${dir}. Mend packages-install-path in dbt_project.yml.`,
  )
}
