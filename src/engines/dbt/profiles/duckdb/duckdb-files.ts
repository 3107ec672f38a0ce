import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { field } from '../../../../util/objects/mapping.ts'
import type { ProfileOutput } from '../read/profiles-file.ts'
import { isRendered, renderEnvVars } from '../read/render-env-vars.ts'

/** The database files that dbt will write through this output; DuckDB lets one process have a file. */
export async function duckdbFilesOf(
  output: ProfileOutput,
  projectDir: string,
  variables: Readonly<Record<string, string>>,
): Promise<string[]> {
  if (output.type !== 'duckdb') return []
  const attached = Array.isArray(output.attach) ? output.attach.filter(isWritten) : []
  const named = [output.path ?? ':memory:', ...attached.map((database) => field(database, 'path'))]
  // Jinja beyond env_var() stays: the text is then the same for the same project, which is what counts.
  const rendered = named
    .filter((name) => typeof name === 'string')
    .map((name) => renderEnvVars(name, variables) ?? name)
  const files = rendered.filter(isLocalFile).map((name) => path.resolve(projectDir, expandHome(name, variables.HOME)))
  return [...new Set(await Promise.all(files.map(withoutLinks)))].sort()
}

/** In doubt it is. */
function isWritten(database: unknown): boolean {
  return isDuckdb(database) && field(database, 'read_only') !== true
}

export function isDuckdb(database: unknown): boolean {
  return (field(database, 'type') ?? 'duckdb') === 'duckdb'
}

/** The name of a file as dbt will see it, when that depends on the folder in which dbt runs. */
export function relativeFile(written: unknown, variables: Readonly<Record<string, string>>): string | undefined {
  // A secret is not to be written anywhere in clear.
  if (typeof written !== 'string' || written.includes('DBT_ENV_SECRET')) return undefined
  const name = renderEnvVars(written, variables)
  // Written into a profile, it would be rendered once more.
  if (name !== undefined && isRendered(name)) return undefined
  return name !== undefined && isLocalFile(name) && !/^[/~]/.test(name) ? name : undefined
}

function isLocalFile(name: string): boolean {
  return (
    name !== '' && name !== ':memory:' && !/^([a-z][a-z0-9+.-]+:\/\/|md:|motherduck:|ducklake:|postgres:)/i.test(name)
  )
}

function expandHome(name: string, home: string | undefined): string {
  return name.startsWith('~/') && home !== undefined ? path.join(home, name.slice(2)) : name
}

/** It serves a file that is not there yet, too. */
export async function withoutLinks(file: string): Promise<string> {
  return realpath(file).catch(async () => {
    const folder = path.dirname(file)
    return folder === file ? file : path.join(await withoutLinks(folder), path.basename(file))
  })
}
