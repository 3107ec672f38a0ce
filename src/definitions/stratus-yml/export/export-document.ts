import type { Db } from '../../../db/database.ts'
import type { EnvironmentVariableRow } from '../../../db/schema/environment-variables.ts'
import type { EnvironmentRow } from '../../../db/schema/environments.ts'
import type { ProjectRow } from '../../../db/schema/projects.ts'
import { NotFoundError } from '../../../domain/errors.ts'
import { isSecretVariable } from '../../../domain/secrets/secret-names.ts'
import { activeState } from '../../../domain/state.ts'
import type { SecretBox } from '../../../secrets/secret-box.ts'
import { placeInEnvironment } from '../../../secrets/secret-place.ts'
import { openSecrets } from '../../connections/secrets.ts'
import { type NamedThings, namedThingsOf } from '../../references/named-things.ts'
import { type AccountRows, loadAccountRows } from '../account-rows.ts'
import type { EnvironmentDocument } from '../schema/environment-schema.ts'
import type { DocumentPath } from '../schema/problem.ts'
import type { ProjectDocument } from '../schema/project-schema.ts'
import type { StratusDocument } from '../schema/stratus-document.ts'
import { environmentPart, jobPart, projectPart } from './document-parts.ts'

export interface ExportedDocument {
  readonly document: StratusDocument
  /** Says where a secret stands that the server has and tells nobody. */
  readonly secrets: readonly DocumentPath[]
}

interface ExportedRows extends Pick<AccountRows, 'projects' | 'environments' | 'jobs' | 'variables'> {
  readonly things: NamedThings
}

/** The account's projects, environments and jobs as a document that `applyDocument` finds unchanged. */
export async function exportDocument(
  ctx: { db: Db; secretBox: SecretBox },
  accountId: number,
): Promise<ExportedDocument> {
  // One snapshot: what is written meanwhile is in it whole or not at all.
  const { account, ...all } = await ctx.db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute((tx) => loadAccountRows(tx, accountId))
  if (account === undefined) throw new NotFoundError(`There is no account ${accountId}.`)
  const active = {
    projects: all.projects.filter(isActive),
    environments: all.environments.filter(isActive),
    jobs: all.jobs.filter(isActive),
  }
  const rows = { ...active, variables: all.variables, things: namedThingsOf(active) }
  const secrets: DocumentPath[] = []
  const projects = rows.projects.map((project, index) =>
    exportProject(rows, project, ['projects', index], secrets, ctx.secretBox),
  )
  return {
    document: { account: { id: account.id, name: account.name, run_slots: account.run_slots }, projects },
    secrets,
  }
}

function exportProject(
  rows: ExportedRows,
  project: ProjectRow,
  path: DocumentPath,
  secrets: DocumentPath[],
  secretBox: SecretBox,
): ProjectDocument {
  const variables = rows.variables.filter(
    (row) => row.project_id === project.id && row.environment_id === null && row.job_id === null,
  )
  const environments = rows.environments
    .filter((row) => row.project_id === project.id)
    .map((row, index) => exportEnvironment(rows, row, [...path, 'environments', index], secrets, secretBox))
  return {
    ...projectPart(project),
    ...variablesPart(variables, path, secrets),
    ...(environments.length > 0 && { environments }),
  }
}

function exportEnvironment(
  rows: ExportedRows,
  environment: EnvironmentRow,
  path: DocumentPath,
  secrets: DocumentPath[],
  secretBox: SecretBox,
): EnvironmentDocument {
  for (const name of secretNamesOf(environment, secretBox)) secrets.push([...path, 'credentials', name])
  const variables = rows.variables.filter((row) => row.environment_id === environment.id)
  const projectName = rows.projects.find(({ id }) => id === environment.project_id)?.name ?? ''
  const jobs = rows.jobs
    .filter((row) => row.environment_id === environment.id)
    .map((job, index) => {
      const own = rows.variables.filter((row) => row.job_id === job.id)
      return { ...jobPart(job, projectName, rows.things), ...variablesPart(own, [...path, 'jobs', index], secrets) }
    })
  return {
    ...environmentPart(environment),
    ...variablesPart(variables, path, secrets),
    ...(jobs.length > 0 && { jobs }),
  }
}

function secretNamesOf(environment: EnvironmentRow, secretBox: SecretBox): string[] {
  try {
    return Object.keys(openSecrets(environment.connection_secrets, secretBox, placeInEnvironment(environment))).sort()
  } catch {
    // Sealed with a key that this server has no more: they stay as they are, under names that nobody can read.
    return []
  }
}

/** Plain ones have their values; secret ones stay what they are when a document does not name them. */
function variablesPart(rows: readonly EnvironmentVariableRow[], path: DocumentPath, secrets: DocumentPath[]) {
  const plain = rows.filter((row) => row.ciphertext === null)
  for (const { name } of rows) if (isSecretVariable(name)) secrets.push([...path, 'environment_variables', name])
  if (plain.length === 0) return {}
  return { environment_variables: Object.fromEntries(plain.map(({ name, value }) => [name, value ?? ''])) }
}

function isActive({ state }: { readonly state: number }): boolean {
  return state === activeState
}
