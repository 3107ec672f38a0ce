import { isDeepStrictEqual } from 'node:util'
import type { Scenario } from '../../../domain/scenarios/scenario.ts'
import { type DocumentPath, type Problem, problem } from '../schema/problem.ts'
import type { StratusDocument } from '../schema/stratus-document.ts'
import type { PlanChange } from './plan.ts'

interface Simulated {
  readonly simulation?: string | Scenario | null | undefined
}

/** The files that a document still names: they are where it was written, and nothing here may be read for it. */
export function simulationProblems({ projects }: StratusDocument): Problem[] {
  return projects.flatMap((project, index) =>
    (project.environments ?? []).flatMap((environment, position) => {
      const at: DocumentPath = ['projects', index, 'environments', position]
      const jobs = (environment.jobs ?? []).flatMap((job, place) => problemsOf(job, [...at, 'jobs', place]))
      return [...problemsOf(environment, at), ...jobs]
    }),
  )
}

function problemsOf({ simulation }: Simulated, path: DocumentPath): Problem[] {
  if (simulation === undefined || simulation === null) return []
  const at = [...path, 'simulation']
  if (typeof simulation === 'string') return [notRead(at, simulation)]
  const { manifest, replay } = simulation
  if (typeof manifest === 'string') return [notRead([...at, 'manifest'], manifest)]
  return replay === undefined ? [] : [notRead([...at, 'replay'], replay.manifest)]
}

function notRead(at: DocumentPath, file: string): Problem {
  const message = `got the path ${JSON.stringify(file)}, expected its content: "stratus apply" puts it there`
  return problem(at, message)
}

export function scenarioOf({ simulation }: Simulated): Scenario | null {
  return typeof simulation === 'object' ? simulation : null
}

/** A plan says this of a scenario, which is too long to be shown. */
const scenarioPlaceholder = '(scenario)'

export function simulationChanges(row: { simulation: Scenario | null } | undefined, input: Simulated): PlanChange[] {
  const before = row?.simulation ?? null
  const after = scenarioOf(input)
  if (isDeepStrictEqual(before, after)) return []
  return [{ key: 'simulation', from: before && scenarioPlaceholder, to: after && scenarioPlaceholder }]
}
