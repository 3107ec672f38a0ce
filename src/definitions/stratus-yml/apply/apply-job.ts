import type { JobRow } from '../../../db/schema/jobs.ts'
import { defaultJobSettings, type JobCompletionTrigger, type JobSettings } from '../../../domain/job.ts'
import { givenTypeOf } from '../../../domain/job-derivations.ts'
import { field, isMapping } from '../../../util/objects/mapping.ts'
import { settingsOfWire, wireNames } from '../../jobs/job-wire.ts'
import { writeJob } from '../../jobs/write-job.ts'
import type { NamedThing, NamedThings } from '../../references/named-things.ts'
import type { JobDocument } from '../schema/job-schema.ts'
import { known, type ParentProject } from './apply-environment.ts'
import { type ApplyRun, addEntry, revival } from './apply-run.ts'
import { scenarioOf, simulationChanges } from './apply-scenario.ts'
import type { JobTarget } from './match/match-targets.ts'
import { changesBetween, type PlanChange } from './plan.ts'
import { variableChanges, variablesOf, writeVariables } from './variables.ts'

export interface ParentEnvironment extends ParentProject {
  readonly project: ParentProject
}

/** Whatever a document does not say of a job returns to its default. */
function settingsOf(input: JobDocument, completion: JobCompletionTrigger | null): JobSettings {
  const defaults = { name: input.name, ...defaultJobSettings }
  return settingsOfWire({ ...input, job_completion_trigger_condition: completion }, defaults)
}

export async function applyJob(
  run: ApplyRun,
  { input, row, note }: JobTarget,
  environment: ParentEnvironment,
  projectIdOf: (jobId: number) => number,
): Promise<void> {
  const { project } = environment
  const settings = settingsOf(input, completionOf(input, projectIdOf))
  const scenario = scenarioOf(input)
  const type = givenTypeOf({ ...settings, job_type: input.job_type ?? '' })
  const owned = row ? variablesOf(run, { projectId: project.id, jobId: row.id }) : []
  const variables = variableChanges(run, owned, input.environment_variables)
  const rowChanges = [
    ...revival(row),
    ...movement(run, row, environment),
    ...changesBetween({ ...(row ?? { name: input.name, ...defaultJobSettings }) }, { ...settings }, wireNames),
    ...simulationChanges(row, input),
    ...changesBetween({ job_type: row ? givenTypeOf(row) : null }, { job_type: type }),
  ]
  const id = run.dryRun ? (row?.id ?? input.id ?? undefined) : await write()
  addEntry(run, {
    kind: 'job',
    id,
    name: input.name,
    within: [project.name, environment.name],
    isNew: !row,
    changes: [
      ...rowChanges.map((change) => nameOfNew(run.things, change)),
      ...variables.map((variable) => variable.shown),
    ],
    note,
  })
  if (!run.dryRun) await writeVariables(run, { projectId: project.id, jobId: id }, variables)

  async function write(): Promise<number> {
    if (row && rowChanges.length === 0) return row.id
    const written = await writeJob(run.tx, {
      accountId: run.accountId,
      projectId: known(project.id),
      environmentId: known(environment.id),
      id: input.id ?? undefined,
      settings,
      givenType: type,
      simulation: scenario,
      before: row,
      now: run.state.now,
    })
    return written.id
  }
}

function completionOf(input: JobDocument, projectIdOf: (jobId: number) => number): JobCompletionTrigger | null {
  const condition = input.job_completion_trigger_condition?.condition
  if (!condition?.job_id) return null
  const { job_id, statuses } = condition
  return { condition: { job_id, project_id: condition.project_id ?? projectIdOf(job_id), statuses } }
}

function movement(run: ApplyRun, row: JobRow | undefined, environment: ParentEnvironment): PlanChange[] {
  if (!row || row.environment_id === environment.id) return []
  const from = run.state.environments.get(row.environment_id)?.name ?? row.environment_id
  return [{ key: 'environment', from, to: environment.name }]
}

/** A dry run has no ids of what it would create: the plan calls a job by its name instead. */
function nameOfNew({ jobs, environments }: NamedThings, change: PlanChange): PlanChange {
  const nameIn = (things: readonly NamedThing[], id: number) => things.find((each) => each.id === id)?.names.join('/')
  const { key, to } = change
  if (typeof to === 'number' && to < 0) {
    return { ...change, to: nameIn(key === 'deferring_environment_id' ? environments : jobs, to) }
  }
  const condition = field(to, 'condition')
  const awaited = field(condition, 'job_id')
  if (!isMapping(condition) || typeof awaited !== 'number' || awaited > 0) return change
  const { job_id: _id, project_id: _project, ...rest } = condition
  return { ...change, to: { condition: { job: nameIn(jobs, awaited), ...rest } } }
}
