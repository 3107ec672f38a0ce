import path from 'node:path'
import { parse } from 'yaml'
import { readForeign } from '../../../util/files/open-foreign.ts'
import { field, isMapping } from '../../../util/objects/mapping.ts'
import type { EnvironmentDocument } from '../schema/environment-schema.ts'
import { type DocumentPath, type Problem, problem } from '../schema/problem.ts'
import type { StratusDocument } from '../schema/stratus-document.ts'

/**
 * Profiles and targets that a project's own profiles.yml does not have, as far as this machine can be sure: what is
 * rendered, elsewhere or unreadable is left to dbt. `profilesDir` is where dbt would look instead of the project.
 */
export async function lookAtProfiles(
  { projects }: StratusDocument,
  profilesDir: string | undefined,
): Promise<Problem[]> {
  if (profilesDir !== undefined) return []
  const found = await Promise.all(
    projects.map(async (project, index) => {
      if (!project.path || !project.environments?.length) return []
      const folder = path.join(project.path, project.subdirectory ?? '')
      const file = path.join(folder, 'profiles.yml')
      const profiles = await readData(file)
      if (!isMapping(profiles)) return []
      const own = field(await readData(path.join(folder, 'dbt_project.yml')), 'profile')
      return project.environments.flatMap((environment, position) =>
        problemsOf(environment, ['projects', index, 'environments', position], { file, profiles, own }),
      )
    }),
  )
  return found.flat()
}

interface Profiles {
  readonly file: string
  readonly profiles: Readonly<Record<string, unknown>>
  /** The name of the profile that the project itself says. */
  readonly own: unknown
}

function problemsOf(
  { connection, engine, jobs, profile }: EnvironmentDocument,
  at: DocumentPath,
  { file, profiles, own }: Profiles,
): Problem[] {
  if (connection || engine === 'simulated') return []
  const name = profile?.name ?? own
  if (!isLiteral(name)) return []
  const outputs = field(profiles[name], 'outputs')
  if (!Object.hasOwn(profiles, name)) {
    const names = Object.keys(profiles).filter((key) => key !== 'config')
    const where = profile?.name ? [...at, 'profile', 'name'] : at
    return [problem(where, `there is no profile ${quoted(name)} in ${file}; it has ${names.join(', ') || 'none'}`)]
  }
  if (!isMapping(outputs)) return []
  const targets = [
    { where: [...at, 'profile', 'target'], target: profile?.target },
    ...(jobs ?? []).map((job, place) => ({
      where: [...at, 'jobs', place, 'settings', 'target_name'],
      target: job.settings?.target_name === 'default' ? undefined : job.settings?.target_name,
    })),
  ]
  return targets.flatMap(({ where, target }) => {
    if (!isLiteral(target) || Object.hasOwn(outputs, target)) return []
    const known = Object.keys(outputs).join(', ') || 'none'
    return [
      problem(where, `there is no target ${quoted(target)} in the profile ${quoted(name)} of ${file}; it has ${known}`),
    ]
  })
}

function isLiteral(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('{')
}

function quoted(name: string): string {
  return JSON.stringify(name)
}

/** It is undefined for what is not there, and for what only dbt can say whether it is right. */
async function readData(file: string): Promise<unknown> {
  try {
    return parse((await readForeign(file, { maxBytes: 1024 * 1024, followsLinks: true })).toString(), {
      merge: true,
      maxAliasCount: -1,
    })
  } catch {
    return undefined // dbt says what is wrong with it, if anything is
  }
}
