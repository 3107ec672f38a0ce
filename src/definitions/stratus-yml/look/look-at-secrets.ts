import {
  isSecretDetail,
  isSecretVariable,
  isTooShortToHide,
  shortestHidden,
} from '../../../domain/secrets/secret-names.ts'
import { type DocumentPath, type Problem, problem } from '../schema/problem.ts'
import type { StratusDocument } from '../schema/stratus-document.ts'

type Values = Readonly<Record<string, unknown>> | null | undefined

/** Secrets that are too short to be hidden in logs: they would be found in everything. */
export function shortSecrets({ projects }: StratusDocument): Problem[] {
  return projects.flatMap((project, index) => [
    ...variables(project.environment_variables, ['projects', index]),
    ...(project.environments ?? []).flatMap((environment, position) => {
      const at: DocumentPath = ['projects', index, 'environments', position]
      return [
        ...variables(environment.environment_variables, at),
        ...tooShort(environment.connection, [...at, 'connection'], isSecretDetail),
        ...tooShort(environment.credentials, [...at, 'credentials'], () => true),
        ...(environment.jobs ?? []).flatMap((job, place) =>
          variables(job.environment_variables, [...at, 'jobs', place]),
        ),
      ]
    }),
  ])
}

function variables(values: Values, at: DocumentPath): Problem[] {
  return tooShort(values, [...at, 'environment_variables'], isSecretVariable)
}

function tooShort(values: Values, at: DocumentPath, isSecret: (name: string) => boolean): Problem[] {
  const names = Object.entries(values ?? {}).flatMap(([name, value]) => {
    const found = value !== null && value !== undefined && isSecret(name) && isTooShortToHide(String(value))
    return found ? [name] : []
  })
  const message = `a secret of fewer than ${shortestHidden} characters is not hidden in logs`
  return names.map((name) => problem([...at, name], message))
}
