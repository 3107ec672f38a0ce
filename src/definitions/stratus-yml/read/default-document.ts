import { access, readFile } from 'node:fs/promises'
import path from 'node:path'
import { SetupError } from '../../../domain/errors.ts'
import { profilesFolders } from '../../../domain/profiles-folders.ts'
import { field, isMapping } from '../../../util/objects/mapping.ts'
import { type Parsed, parsePyyaml } from '../../../util/pyyaml/parse-pyyaml.ts'
import type { StratusDocument } from '../schema/stratus-document.ts'
import type { ReadOptions } from './read-document.ts'

/** Makes one project, one environment and one job of a folder that has only a dbt project, for `stratus dev`. */
export async function defaultDocument(dir: string, options: ReadOptions): Promise<StratusDocument> {
  const file = path.join(dir, 'dbt_project.yml')
  const { content: project, doubt } = await readYaml(file)
  const name = field(project, 'name')
  if (typeof name !== 'string' || name === '') {
    const place = [file, doubt?.line, doubt?.column].filter((part) => part !== undefined).join(':')
    const reason = doubt && `${place}: ${doubt.reason}.`
    throw new SetupError(reason ?? `${file} has no name: expected "name: my_project", as dbt does.`)
  }
  const profile = typeof field(project, 'profile') === 'string' ? undefined : await onlyProfile(dir, options)
  const command = await dbtOfProject(dir, options)
  return {
    projects: [
      {
        id: 1,
        name,
        path: path.resolve(dir),
        environments: [
          {
            id: 1,
            name: 'Production',
            deployment_type: 'production',
            ...(command && { dbt: { command } }),
            ...(profile && { profile: { name: profile } }),
            jobs: [{ id: 1, name: 'Build', execute_steps: ['dbt build'] }],
          },
        ],
      },
    ],
  }
}

/** Finds the profile of a dbt project that names none: the one in profiles.yml, when there is just one. */
async function onlyProfile(dir: string, { environment, home }: ReadOptions): Promise<string | undefined> {
  for (const folder of profilesFolders(path.resolve(dir), { ...environment, HOME: home })) {
    const file = path.join(folder, 'profiles.yml')
    if (!(await exists(file))) continue
    const { content: profiles } = await readYaml(file)
    const names = isMapping(profiles) ? Object.keys(profiles).filter((name) => name !== 'config') : []
    return names.length === 1 ? names[0] : undefined
  }
  return undefined
}

/** The dbt of the project's own virtual environment, unless another one is active: that one's is on PATH. */
async function dbtOfProject(dir: string, { environment }: ReadOptions): Promise<string | undefined> {
  if (environment.VIRTUAL_ENV) return undefined
  for (const folder of ['.venv', 'venv']) {
    const command = path.resolve(dir, folder, 'bin', 'dbt')
    if (await exists(command)) return command
  }
  return undefined
}

async function readYaml(file: string): Promise<Parsed> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new SetupError(`Cannot read ${file}: ${error.message}`, { cause: error })
  })
  return parsePyyaml(text)
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  )
}
