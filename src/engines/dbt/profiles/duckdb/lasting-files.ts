import { stat } from 'node:fs/promises'
import path from 'node:path'
import { field, isMapping } from '../../../../util/objects/mapping.ts'
import { setInPyyaml } from '../../../../util/pyyaml/write-pyyaml.ts'
import { assertOwnFile } from '../../steps/own-files.ts'
import type { Hands } from '../../users/hands.ts'
import type { ProfileOutput, ProfilesFile } from '../read/profiles-file.ts'
import { isDuckdb, relativeFile } from './duckdb-files.ts'

/** Says where the files lie that dbt writes by a relative path, when the project's own folder is cleaned for each run. */
export interface LastingPlace {
  /** Stands for the top of the repository. */
  readonly folder: string
  /** The dbt project lies in this folder below that. */
  readonly subdirectory: string
  /** The dbt project lies here in the checkout. */
  readonly projectDir: string
  /** This is the real folder of the checkout. */
  readonly checkout: string
}

export interface LastingFile {
  /** The path is relative to the project's folder. */
  readonly written: string
  readonly file: string
}

/** The files and folders that a profile's outputs need in the lasting place. */
export interface Lasting {
  readonly files: readonly LastingFile[]
  readonly folders: readonly string[]
}

type Variables = Readonly<Record<string, string>>

/** Puts the output's relative DuckDB files in the lasting place. */
export async function lastingOutput(
  output: ProfileOutput,
  place: LastingPlace,
  variables: Variables,
): Promise<Lasting & { readonly output: ProfileOutput }> {
  if (output.type !== 'duckdb') return { output, files: [], folders: [] }
  const files: LastingFile[] = []
  const placed = (written: unknown): unknown => {
    const name = relativeFile(written, variables)
    if (name === undefined) return written
    const file = lastingPath(place, name)
    files.push({ written: name, file })
    return file
  }
  const main = placed(output.path)
  const attach: readonly unknown[] = Array.isArray(output.attach) ? output.attach : []
  const attached: unknown[] = []
  for (const database of attach) {
    const written = field(database, 'path')
    const isKept = isMapping(database) && isDuckdb(database) && !(await isReadOfRepository(database, place, variables))
    const file = isKept ? placed(written) : written
    attached.push(file === written ? database : { ...(isMapping(database) && database), path: file })
  }
  const rootName = relativeFile(output.external_root ?? '.', variables)
  const rootFolder = rootName && lastingPath(place, rootName)
  const changed = {
    ...output,
    ...(main !== undefined && { path: main }),
    ...(attached.some((database, index) => database !== attach[index]) && { attach: attached }),
    ...(rootFolder !== undefined && { external_root: rootFolder }),
  }
  const folders = [...files.map(({ file }) => path.dirname(file)), ...(rootFolder === undefined ? [] : [rootFolder])]
  return { output: changed, files, folders }
}

/** A database that is only read may well be a file of the repository. */
async function isReadOfRepository(
  database: Readonly<Record<string, unknown>>,
  { projectDir }: LastingPlace,
  variables: Variables,
): Promise<boolean> {
  const name = relativeFile(database.path, variables)
  return database.read_only === true && name !== undefined && (await exists(path.join(projectDir, name)))
}

/** Changes all outputs of the file so, and nothing else. */
export async function lastingProfiles(
  text: string,
  { content, doubt }: ProfilesFile,
  place: LastingPlace,
  variables: Variables,
): Promise<string> {
  // Where dbt may read the file otherwise, it stays as it is.
  if (!isMapping(content) || doubt !== undefined) return text
  let result = text
  for (const [name, profile] of Object.entries(content)) {
    const outputs = isMapping(profile) && isMapping(profile.outputs) ? profile.outputs : {}
    for (const [target, output] of Object.entries(outputs)) {
      if (!isMapping(output)) continue
      const { output: changed } = await lastingOutput(output, place, variables)
      result = withChanges(result, [name, 'outputs', target], output, changed)
    }
  }
  return result
}

/** Writes what changed of the output at a way of keys into the text of a profiles.yml. */
export function withChanges(text: string, way: readonly string[], before: ProfileOutput, now: ProfileOutput): string {
  const changed = ['path', 'attach', 'external_root'].filter((key) => now[key] !== before[key])
  return changed.reduce((result, key) => setInPyyaml(result, [...way, key], now[key]), text)
}

/** Makes the folders, and begins with what the repository has of a file. The run must hold the files. */
export async function prepareLasting({ files, folders }: Lasting, place: LastingPlace, hands: Hands): Promise<void> {
  if (folders.length > 0) await hands.makeFolder(place.folder)
  for (const folder of folders) if (folder !== place.folder) await hands.makeFolderInside(folder)
  for (const { written, file } of files) {
    const committed = path.join(place.projectDir, written)
    if ((await exists(file)) || !(await exists(committed))) continue
    await assertOwnFile(committed, place.checkout)
    await hands.copyInside(committed, file)
  }
}

/** It is never outside of the lasting folder, however many `..` there are. */
function lastingPath({ folder, subdirectory }: LastingPlace, name: string): string {
  // Without a slash at the end, so that the folder itself is known as such.
  return path.resolve(folder, `.${path.join('/', subdirectory, name)}`)
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() === true
}
