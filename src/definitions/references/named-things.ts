/*
 * Jobs and environments may be named where the Admin API numbers them: `Build`, `Production/Build`,
 * `Shop/Production/Build`. A name means something of the own project, if that has it, else of the account.
 */

/** A job or an environment with the names from its project on. */
export interface NamedThing {
  /** It is below 0 for what a dry run would create. */
  readonly id: number
  readonly names: readonly string[]
}

export interface NamedThings {
  readonly jobs: readonly NamedThing[]
  readonly environments: readonly NamedThing[]
}

/** The things that `name` may mean for something of `project`; a single one is what it means. */
export function meantBy(name: string, things: readonly NamedThing[], project: string): NamedThing[] {
  const meant = things.filter(({ names }) => formsOf(names).includes(name))
  const own = meant.filter(({ names }) => names[0] === project)
  return own.length > 0 ? own : meant
}

/** The shortest name that means this one alone for something of `project`; undefined for what is not among the things. */
export function shortestName(id: number, things: readonly NamedThing[], project: string): string | undefined {
  const thing = things.find((each) => each.id === id)
  return thing && formsOf(thing.names).find((form) => meansAlone(form))

  function meansAlone(form: string): boolean {
    const [only, ...others] = meantBy(form, things, project)
    return only?.id === id && others.length === 0
  }
}

/** The shortest form comes first. */
function formsOf(names: readonly string[]): string[] {
  return names.map((_, index) => names.slice(names.length - 1 - index).join('/'))
}

interface Row {
  readonly id: number
  readonly name: string
}

/** Takes rows that are all active. */
export function namedThingsOf({
  projects,
  environments,
  jobs,
}: {
  projects: readonly Row[]
  environments: readonly (Row & { readonly project_id: number })[]
  jobs: readonly (Row & { readonly project_id: number; readonly environment_id: number })[]
}): NamedThings {
  const projectNames = new Map(projects.map(({ id, name }) => [id, name]))
  const environmentNames = new Map(environments.map(({ id, name }) => [id, name]))
  const projectOf = ({ project_id: id }: { project_id: number }) => projectNames.get(id) ?? ''
  return {
    environments: environments.map((row) => ({ id: row.id, names: [projectOf(row), row.name] })),
    jobs: jobs.map((row) => ({
      id: row.id,
      names: [projectOf(row), environmentNames.get(row.environment_id) ?? '', row.name],
    })),
  }
}
