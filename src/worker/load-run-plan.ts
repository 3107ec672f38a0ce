import type { Db } from '../db/database.ts'
import type { EnvironmentRow } from '../db/schema/environments.ts'
import type { JobRow } from '../db/schema/jobs.ts'
import type { RunRow } from '../db/schema/runs.ts'
import { openSecrets } from '../definitions/connections/secrets.ts'
import { mergeEnvironmentVariables } from '../definitions/variables/merge-environment-variables.ts'
import { canBeResumed } from '../domain/dbt-command/can-be-resumed.ts'
import type { EngineKind } from '../domain/environment.ts'
import { InvalidRequestError } from '../domain/errors.ts'
import { failedCommandOf, planRetrySteps, planSteps, type StepSettings } from '../domain/runs/plan-steps.ts'
import type { PlannedStep } from '../domain/runs/run-step.ts'
import { pullRequestOf } from '../domain/runs/trigger.ts'
import type { EnginePlan, ProfilePlan, ProjectSource, RunPlan } from '../engines/run-engine.ts'
import type { ClaimedRun, RunDefinitions } from '../queue/claim-run.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import { placeInEnvironment } from '../secrets/secret-place.ts'

export interface LoadedRun {
  readonly plan: RunPlan
  /** 0 means that the run may take as long as it wants. */
  readonly timeoutSeconds: number
}

/** Gathers all that executing the run needs. Throws InvalidRequestError when its project has no code. */
export async function loadRunPlan(
  ctx: { db: Db; secretBox: SecretBox },
  { run, definitions }: ClaimedRun,
): Promise<LoadedRun> {
  if (definitions === null) throw new Error(`The job, environment or project of run ${run.id} is gone.`)
  const { project, environment, job, variables } = definitions
  const earlier = run.retrying_run_id === null ? undefined : await findEarlierRun(ctx.db, run.retrying_run_id)
  const { overrides } = run
  const settings = stepSettings(run, job, environment)
  const resumable = earlier !== undefined && earlier.runResultsKey !== undefined
  const steps: PlannedStep[] = earlier ? planRetrySteps(settings, earlier.steps, resumable) : planSteps(settings)
  const target = overrides.target_name_override ?? explicitTarget(job) ?? environment.target_name ?? undefined
  const threads = overrides.threads_override ?? job.threads ?? undefined
  const pullRequest = pullRequestOf(overrides)
  const engine = enginePlan(definitions)
  return {
    timeoutSeconds: overrides.timeout_seconds_override ?? job.timeout_seconds,
    plan: {
      runId: run.id,
      accountId: run.account_id,
      claim: run.claim_count,
      project: {
        id: project.id,
        name: project.name,
        source: sourceOf(definitions, run, engine.kind),
        ...(project.subdirectory !== null && { subdirectory: project.subdirectory }),
      },
      environment: {
        id: environment.id,
        name: environment.name,
        ...(environment.deployment_type !== null && { type: environment.deployment_type }),
      },
      engine,
      job: { id: job.id, name: job.name },
      profile: profileOf(environment, ctx.secretBox),
      ...(target !== undefined && { target }),
      ...(threads !== undefined && { threads }),
      ...(overrides.schema_override !== undefined && { schema: overrides.schema_override }),
      steps,
      environmentVariables: mergeEnvironmentVariables(variables, ctx.secretBox),
      ...deferralOf(job),
      cause: run.cause,
      causeCategory: run.cause_category,
      ...(pullRequest !== undefined && { pullRequest }),
      ...(run.orchestrator?.lineage && { lineage: run.orchestrator.lineage }),
      ...(earlier?.runResultsKey !== undefined && {
        retry: { runId: earlier.runId, runResultsKey: earlier.runResultsKey },
      }),
    },
  }
}

function stepSettings(run: RunRow, job: JobRow, environment: EnvironmentRow): StepSettings {
  const { steps_override: stepsOverride, generate_docs_override: docsOverride, schema_override: schema } = run.overrides
  return {
    connectionName: environment.connection?.name ?? 'profiles.yml',
    ...(schema !== undefined && { schemaOverride: schema }),
    commands: stepsOverride !== undefined && stepsOverride.length > 0 ? stepsOverride : job.execute_steps,
    freshness: job.run_generate_sources,
    docs: docsOverride ?? job.generate_docs,
  }
}

/** A job that names both defers to the environment, as in dbt Cloud. */
function deferralOf(job: JobRow): Pick<RunPlan, 'deferral'> {
  const { deferring_environment_id: environment, deferring_job_definition_id: earlierJob } = job
  if (environment !== null) return { deferral: { kind: 'environment', id: environment } }
  return earlierJob === null ? {} : { deferral: { kind: 'job', id: earlierJob } }
}

/** dbt Cloud writes "default" where no target was chosen. */
function explicitTarget(job: JobRow): string | undefined {
  return job.target_name === null || job.target_name === 'default' ? undefined : job.target_name
}

function enginePlan({ job, environment, attempt }: RunDefinitions): EnginePlan {
  const kind = job.engine ?? environment.engine
  switch (kind) {
    case 'dbt': {
      const { dbt_command: command, run_as: runAs } = environment
      return { kind, ...(command !== null && { command }), ...(runAs !== null && { runAs }) }
    }
    case 'simulated': {
      const scenario = job.simulation ?? environment.simulation
      return { kind, ...(scenario !== null && { scenario }), ...(attempt !== null && { attempt }) }
    }
  }
}

function sourceOf({ project, environment, job }: RunDefinitions, run: RunRow, engine: EngineKind): ProjectSource {
  if (project.path !== null) return { kind: 'path', path: project.path }
  if (project.git_url === null) {
    if (engine === 'simulated') return { kind: 'none' }
    throw new InvalidRequestError(
      `Project "${project.name}" (${project.id}) has no code: give it a path or a git repository in stratus.yml.`,
    )
  }
  const branch = run.overrides.git_branch ?? environment.custom_branch ?? project.git_branch
  const sha = run.overrides.git_sha
  return {
    kind: 'git',
    url: project.git_url,
    ...(branch !== null && { branch }),
    ...(sha !== undefined && { sha }),
    // A pull request may come from anybody; dbt Cloud has CI jobs for it.
    anyCommit: job.job_type === 'ci' && environment.deployment_type !== 'production',
  }
}

function profileOf(environment: EnvironmentRow, secretBox: SecretBox): ProfilePlan {
  if (environment.connection === null) {
    return { kind: 'project', ...(environment.profile_name !== null && { profileName: environment.profile_name }) }
  }
  const secrets = openSecrets(environment.connection_secrets, secretBox, placeInEnvironment(environment))
  return { kind: 'connection', connection: environment.connection, secrets }
}

/** The run that is retried: its steps, and where the run_results.json of its failed command is, if dbt can resume it. */
async function findEarlierRun(db: Db, runId: number) {
  const steps = await db
    .selectFrom('run_steps')
    .select(['index', 'kind', 'status', 'name', 'command'])
    .where('run_id', '=', runId)
    .orderBy('index')
    .execute()
  const failed = failedCommandOf(steps)
  if (failed === undefined || !canBeResumed(failed.command)) return { runId, steps, runResultsKey: undefined }
  const results = await db
    .selectFrom('run_artifacts')
    .select('store_key')
    .where('run_id', '=', runId)
    .where('step_index', '=', failed.index)
    .where('path', '=', 'run_results.json')
    .executeTakeFirst()
  return { runId, steps, runResultsKey: results?.store_key }
}
