import path from 'node:path'
import * as z from 'zod'
import { renderEnvVars } from '../profiles/read/render-env-vars.ts'
import { readYaml } from '../profiles/read/yaml-file.ts'
import { projectOf, type Run } from '../run.ts'
import { environmentOf } from '../run-environment.ts'

const projectFile = z.looseObject({
  'packages-install-path': z.unknown().optional(),
  'clean-targets': z.array(z.unknown()).nullish(),
  'target-path': z.unknown().optional(),
})

/** Folders that dbt_project.yml names; undefined is one whose name only dbt can know. */
export interface ProjectFolders {
  /** The target folder that dbt would use without Stratus. */
  readonly target: string | undefined
  /** The folder that `dbt deps` removes and fills. */
  readonly packages: string | undefined
  /** The folders that `dbt clean` removes. */
  readonly cleanTargets: readonly (string | undefined)[]
}

export async function projectFoldersOf(run: Run): Promise<ProjectFolders> {
  const { dir, checkoutRoot } = projectOf(run)
  const yaml = await readYaml(path.join(dir, 'dbt_project.yml'), checkoutRoot)
  const parsed = projectFile.safeParse(yaml?.content ?? {})
  // dbt reads such a file otherwise, or says what is wrong with it.
  if (!parsed.success || yaml?.doubt !== undefined)
    return { target: undefined, packages: undefined, cleanTargets: [undefined] }
  const variables = environmentOf(run)
  const absolute = (value: unknown) => {
    const name = renderEnvVars(String(value), variables)
    return name === undefined ? undefined : path.resolve(dir, name)
  }
  const target = absolute(parsed.data['target-path'] ?? 'target')
  const packages = absolute(parsed.data['packages-install-path'] ?? 'dbt_packages')
  return { target, packages, cleanTargets: parsed.data['clean-targets']?.map(absolute) ?? [target] }
}
