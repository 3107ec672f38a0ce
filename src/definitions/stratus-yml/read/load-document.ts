import { stat } from 'node:fs/promises'
import path from 'node:path'
import { SetupError } from '../../../domain/errors.ts'
import { defaultDocument } from './default-document.ts'
import { type LoadedDocument, type ReadOptions, readDocument } from './read-document.ts'

/** Loads the document of a folder for `stratus dev`: its stratus.yml, else what its dbt project makes by itself. */
export async function loadDocument(dir: string, options: ReadOptions): Promise<LoadedDocument> {
  if (!(await kindOf(dir))?.isDirectory()) {
    throw new SetupError(`${dir} is not a folder. Give the folder of a dbt project, or one with a stratus.yml.`)
  }
  for (const name of ['stratus.yml', 'stratus.yaml']) {
    const file = path.join(dir, name)
    if (await kindOf(file)) return await readDocument(file, options)
  }
  if (await kindOf(path.join(dir, 'dbt_project.yml'))) {
    return { document: await defaultDocument(dir, options), locate: (message) => message }
  }
  throw new SetupError(
    `${path.resolve(dir)} has neither a stratus.yml nor a dbt_project.yml. Give the folder of a dbt project, or write a stratus.yml.`,
  )
}

async function kindOf(file: string) {
  return await stat(file).catch(() => undefined)
}
