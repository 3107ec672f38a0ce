import path from 'node:path'
import { namedProfilesFolder, profilesFolders } from '../../../../domain/profiles-folders.ts'
import type { Parsed } from '../../../../util/pyyaml/parse-pyyaml.ts'
import { readYaml } from './yaml-file.ts'

export type ProfileOutput = Readonly<Record<string, unknown>>

export interface ProfilesFile extends Parsed {
  readonly file: string
  readonly text: string
}

type Variables = Readonly<Record<string, string>>

/** The profiles.yml that dbt itself would take. */
export async function findProfilesFile(
  projectDir: string,
  variables: Variables,
  checkout: string | undefined,
): Promise<ProfilesFile | undefined> {
  for (const folder of profilesFolders(projectDir, variables)) {
    const file = path.join(folder, 'profiles.yml')
    const yaml = await readYaml(file, checkout)
    if (yaml !== undefined) return { file, ...yaml }
  }
  return undefined
}

/** Says why there is none, and what helps where dbt does not have the HOME of whoever asks. */
export function noProfilesFile(projectDir: string, variables: Variables, privateHome: string): string {
  const places = profilesFolders(projectDir, variables).join(' or ')
  if (namedProfilesFolder(variables)) return `There is no profiles.yml in ${places} (DBT_PROFILES_DIR).`
  const missing = `There is no profiles.yml in ${places}.`
  if (variables.HOME !== privateHome) return missing
  return `${missing} Runs of \`serve\` and \`work\` do not see the ~/.dbt of your own HOME: put profiles.yml into the project, start them with DBT_PROFILES_DIR and STRATUS_PASS_ENV=DBT_PROFILES_DIR, or give the environment a connection.`
}
