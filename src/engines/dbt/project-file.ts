import path from 'node:path'
import * as z from 'zod'
import { StepFailure } from './step-failure.ts'
import { readYaml } from './yaml-file.ts'

const projectFile = z.looseObject({
  profile: z.string().optional(),
  'packages-install-path': z.string().optional(),
})

/** What Stratus needs to know of dbt_project.yml. */
export async function readProjectFile(
  projectDir: string,
): Promise<{ profileName: string | undefined; packagesFolder: string }> {
  const file = path.join(projectDir, 'dbt_project.yml')
  const yaml = await readYaml(file)
  if (yaml === undefined) {
    throw new StepFailure(`${projectDir} is not a dbt project: there is no dbt_project.yml in it.`)
  }
  const parsed = projectFile.safeParse(yaml.content)
  if (!parsed.success) throw new StepFailure(`${file} is not a dbt project's file.`)
  const { profile, 'packages-install-path': packages = 'dbt_packages' } = parsed.data
  return { profileName: profile, packagesFolder: path.resolve(projectDir, packages) }
}
