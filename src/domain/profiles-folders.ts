import path from 'node:path'

/** Says where dbt looks for profiles.yml, in its order: a folder that is named counts alone. */
export function profilesFolders(projectDir: string, variables: Readonly<Record<string, string | undefined>>): string[] {
  const named = namedProfilesFolder(variables)
  if (named) return [path.resolve(projectDir, named)]
  return [projectDir, path.join(variables.HOME ?? '/', '.dbt')]
}

/** An empty variable is none. */
export function namedProfilesFolder(variables: Readonly<Record<string, string | undefined>>): string | undefined {
  return variables.DBT_ENGINE_PROFILES_DIR || variables.DBT_PROFILES_DIR || undefined
}
