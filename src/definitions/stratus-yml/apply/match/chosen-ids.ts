import type { StratusDocument } from '../../schema/stratus-document.ts'

export interface ChosenIds {
  readonly projects: readonly number[]
  readonly environments: readonly number[]
  readonly jobs: readonly number[]
}

/** The ids that a document names. */
export function chosenIds({ projects }: StratusDocument): ChosenIds {
  const environments = projects.flatMap((project) => project.environments ?? [])
  const jobs = environments.flatMap((environment) => environment.jobs ?? [])
  return { projects: idsOf(projects), environments: idsOf(environments), jobs: idsOf(jobs) }
}

function idsOf(named: readonly { readonly id?: number | null | undefined }[]): number[] {
  return named.flatMap(({ id }) => (typeof id === 'number' ? [id] : []))
}
