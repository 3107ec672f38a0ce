import path from 'node:path'
import type { StratusDocument } from '../definitions/stratus-yml/schema/stratus-document.ts'
import { localPathOfGitUrl } from '../domain/git/git-url.ts'

/** Its own folder, and the folders and programs that its own document names, may be applied over the API too. */
export function allowedBy(dir: string, document: StratusDocument): { projectRoots: string[]; dbtCommands: string[] } {
  const environments = document.projects.flatMap((project) => project.environments ?? [])
  const repositories = document.projects.flatMap(({ git }) => (git && localPathOfGitUrl(git.url)) ?? [])
  return {
    projectRoots: [path.resolve(dir), ...document.projects.flatMap((project) => project.path ?? []), ...repositories],
    dbtCommands: environments.flatMap((environment) => environment.dbt?.command ?? []),
  }
}
