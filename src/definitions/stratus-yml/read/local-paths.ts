import path from 'node:path'
import { localPathOfGitUrl } from '../../../domain/git/git-url.ts'
import type { StratusDocument } from '../schema/stratus-document.ts'

/**
 * Makes the paths of a document absolute, as seen from the folder of its file; `~` is the user's home. One that is absolute
 * stays as it is written, so that what was exported means no change.
 */
export function resolveLocalPaths(document: StratusDocument, dir: string, home: string): StratusDocument {
  const absolute = (given: string) => {
    if (path.isAbsolute(given)) return given
    return path.resolve(dir, given === '~' || given.startsWith('~/') ? home + given.slice(1) : given)
  }
  return {
    ...document,
    projects: document.projects.map((project) => ({
      ...project,
      ...(project.path && { path: absolute(project.path) }),
      ...(project.git && { git: { ...project.git, url: gitUrl(project.git.url) } }),
      ...(project.environments && {
        environments: project.environments.map((environment) => ({
          ...environment,
          ...(environment.dbt?.command && { dbt: { command: command(environment.dbt.command) } }),
        })),
      }),
    })),
  }

  function gitUrl(url: string): string {
    const isPath = localPathOfGitUrl(url) === url
    return isPath ? absolute(url) : url
  }

  /** A bare name is looked for on PATH when it runs. */
  function command(given: string): string {
    return given.includes('/') ? absolute(given) : given
  }
}
