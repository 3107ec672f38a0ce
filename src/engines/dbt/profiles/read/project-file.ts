import path from 'node:path'
import { isMapping } from '../../../../util/objects/mapping.ts'
import type { Doubt } from '../../../../util/pyyaml/parse-pyyaml.ts'
import { StepFailure } from '../../../steps/step-failure.ts'
import { readYaml } from './yaml-file.ts'

export interface ProjectFile {
  readonly file: string
  /** The name of its profile, as it is written. */
  readonly profile: unknown
  /** Says why dbt may read the file otherwise. */
  readonly doubt: Doubt | undefined
}

/** Reads only what Stratus needs to know of dbt_project.yml. */
export async function readProjectFile(
  projectDir: string,
  checkout: string | undefined,
): Promise<{ projectFile: ProjectFile; packagesFolder: string }> {
  const file = path.join(projectDir, 'dbt_project.yml')
  const yaml = await readYaml(file, checkout)
  if (yaml === undefined) {
    throw new StepFailure(`${projectDir} is not a dbt project: there is no dbt_project.yml in it.`)
  }
  const { content, doubt } = yaml
  if (!isMapping(content) && doubt === undefined) throw new StepFailure(`${file} is not a dbt project's file.`)
  const { profile, 'packages-install-path': packages } = isMapping(content) ? content : {}
  // One with Jinja in it is never there, so that packages are always installed.
  const folder = typeof packages === 'string' ? packages : 'dbt_packages'
  return { projectFile: { file, profile, doubt }, packagesFolder: path.resolve(projectDir, folder) }
}
