import * as z from 'zod'
import type { ApiClient } from './api-client.ts'
import { findNamed, idIn } from './find-named.ts'
import { listAll } from './list-all.ts'

const project = z.object({ id: z.number(), name: z.string() })
const environment = project.extend({ project_id: z.number() })
export type Project = z.infer<typeof project>

export async function listProjects(client: ApiClient): Promise<Project[]> {
  return listAll(client, `${await client.accountPath()}/projects/`, project)
}

/** The id of a project, by its id or its name. */
export async function findProjectId(client: ApiClient, idOrName: string): Promise<number> {
  return idIn(idOrName) ?? findNamed('project', await listProjects(client), idOrName, () => '').id
}

/** The id of an environment, by its id or its name. */
export async function findEnvironmentId(client: ApiClient, idOrName: string): Promise<number> {
  const id = idIn(idOrName)
  if (id !== undefined) return id
  const all = await listAll(client, `${await client.accountPath()}/environments/`, environment)
  return findNamed('environment', all, idOrName, ({ project_id }) => ` (project ${project_id})`).id
}
