import { stat } from 'node:fs/promises'
import path from 'node:path'
import { localPathOfGitUrl } from '../../../domain/git/git-url.ts'
import { missingFolder } from '../../projects/missing-folder.ts'
import { type DocumentPath, type Problem, problem } from '../schema/problem.ts'
import type { ProjectDocument } from '../schema/project-schema.ts'
import type { StratusDocument } from '../schema/stratus-document.ts'

/** The things of this machine that a document names and that are not there. */
export interface Missing {
  /** Folders, without which no run can begin. */
  readonly folders: readonly Problem[]
  /** Things that a run may still do without, or may find by then. */
  readonly others: readonly Problem[]
}

/** Looks for the folders and programs of projects that really run dbt; a simulated run reads none of them. */
export async function lookAtFolders({ projects }: StratusDocument): Promise<Missing> {
  const folders: Problem[] = []
  const others: Problem[] = []
  for (const [index, project] of projects.entries()) {
    const at: DocumentPath = ['projects', index]
    if (!runsDbt(project)) continue
    const repository = project.git && localPathOfGitUrl(project.git.url)
    const noRepository = repository ? await missingFolder(repository) : undefined
    if (noRepository !== undefined) folders.push(problem([...at, 'git', 'url'], noRepository))
    if (project.path) {
      const { folder, found } = await lookAtProject(at, project.path, project.subdirectory)
      if (found === undefined) continue
      if (folder) folders.push(found)
      else others.push(found)
    }
    for (const [position, environment] of (project.environments ?? []).entries()) {
      const command = environment.dbt?.command
      if (!command?.startsWith('/') || (await exists(command))) continue
      const where = [...at, 'environments', position, 'dbt', 'command']
      others.push(problem(where, `there is no program ${command} on this machine`))
    }
  }
  return { folders, others }
}

async function lookAtProject(at: DocumentPath, given: string, subdirectory: string | null | undefined) {
  const missing = await missingFolder(given)
  if (missing !== undefined) return { folder: true, found: problem([...at, 'path'], missing) }
  const folder = path.join(given, subdirectory ?? '')
  const missingBelow = await missingFolder(folder)
  if (missingBelow !== undefined) return { folder: true, found: problem([...at, 'subdirectory'], missingBelow) }
  if (await exists(path.join(folder, 'dbt_project.yml'))) return { folder: false, found: undefined }
  const where = [...at, subdirectory ? 'subdirectory' : 'path']
  return { folder: false, found: problem(where, `there is no dbt_project.yml in ${folder}`) }
}

function runsDbt({ environments }: ProjectDocument): boolean {
  const engines = (environments ?? []).flatMap(({ engine, jobs }) => [
    engine ?? 'dbt',
    ...(jobs ?? []).map((job) => job.engine ?? engine ?? 'dbt'),
  ])
  return engines.length === 0 || engines.includes('dbt')
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  )
}
