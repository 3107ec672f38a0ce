import type { LineageRun } from '../../domain/runs/orchestrator.ts'
import type { RunPlan } from '../run-engine.ts'
import type { Checkout, Run } from './run.ts'

/** A step's dbt is told these; each becomes a variable that dbt reads as an option. */
export interface StepSettings {
  readonly projectDir: string
  /** Undefined means the project's own. */
  readonly target: string | undefined
  readonly logs: string
  readonly profiles: string
  readonly profileName?: string | undefined
  readonly targetName?: string | undefined
  readonly partialParseFile?: string | undefined
}

/** The variables of a run, as far as its steps so far have found them out. */
export function environmentOf({ plan, services, project, profile }: Run): Record<string, string> {
  const environment = runEnvironment(plan, services.baseEnvironment, project?.checkout, services.home)
  return { ...environment, ...profile?.variables }
}

/** Every program of the run sees the inherited variables, the job's, and those that dbt Cloud sets. */
export function runEnvironment(
  plan: RunPlan,
  base: Readonly<Record<string, string>>,
  checkout: Checkout | undefined,
  privateHome: string,
): Record<string, string> {
  const cloud = cloudVariables(plan, checkout)
  const inArtifacts = Object.entries(cloud).map(([name, value]) => [`DBT_ENV_CUSTOM_ENV_${name}`, value])
  return {
    HOME: privateHome,
    DBT_ENV: 'prod',
    ...base,
    ...plan.environmentVariables,
    ...lineageVariables(plan),
    ...cloud,
    ...Object.fromEntries(inArtifacts),
  }
}

/** dbt Cloud's variables, with its own vocabulary (which is not that of its API). */
function cloudVariables(plan: RunPlan, checkout: Checkout | undefined): Record<string, string> {
  const type = environmentTypes.get(plan.environment.type ?? '') ?? ''
  return {
    DBT_CLOUD_ACCOUNT_ID: String(plan.accountId),
    DBT_CLOUD_PROJECT_ID: String(plan.project.id),
    DBT_CLOUD_ENVIRONMENT_ID: String(plan.environment.id),
    DBT_CLOUD_ENVIRONMENT_NAME: plan.environment.name,
    DBT_CLOUD_ENVIRONMENT_TYPE: type,
    DBT_CLOUD_INVOCATION_CONTEXT: plan.causeCategory === 'ci' ? 'ci' : type || 'prod',
    DBT_CLOUD_JOB_ID: String(plan.job.id),
    DBT_CLOUD_RUN_ID: String(plan.runId),
    DBT_CLOUD_RUN_REASON: plan.cause,
    DBT_CLOUD_RUN_REASON_CATEGORY: plan.causeCategory === 'scheduled' ? 'scheduled' : 'other',
    ...(plan.pullRequest !== undefined && { DBT_CLOUD_PR_ID: plan.pullRequest }),
    ...(checkout && { DBT_CLOUD_GIT_SHA: checkout.sha }),
    ...(checkout?.branch && { DBT_CLOUD_GIT_BRANCH: checkout.branch }),
  }
}

/** OpenLineage's integrations read these to put their events below those of the task that asked for the run. */
function lineageVariables({ lineage }: RunPlan): Record<string, string> {
  if (lineage === undefined) return {}
  const idOf = ({ namespace, job_name, run_id }: LineageRun) => `${namespace}/${job_name}/${run_id}`
  return {
    OPENLINEAGE_PARENT_ID: idOf(lineage.parent),
    ...(lineage.root !== null && { OPENLINEAGE_ROOT_PARENT_ID: idOf(lineage.root) }),
  }
}

const environmentTypes = new Map([
  ['production', 'prod'],
  ['staging', 'staging'],
  ['development', 'dev'],
])

/** Makes the environment of one dbt invocation. It takes variables and not options, because dbt ignores those it has no use for. */
export function stepEnvironment(
  run: Readonly<Record<string, string>>,
  settings: StepSettings,
  majorVersion: number,
): Record<string, string> {
  const ours: Record<string, string> = {
    DBT_PROJECT_DIR: settings.projectDir,
    DBT_LOG_PATH: settings.logs,
    ...(settings.target !== undefined && { DBT_TARGET_PATH: settings.target }),
    DBT_PROFILES_DIR: settings.profiles,
    DBT_LOG_FORMAT: 'json',
    DBT_CLEAN_PROJECT_FILES_ONLY: 'true',
    DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
    ...(settings.profileName !== undefined && { DBT_PROFILE: settings.profileName }),
    ...(settings.targetName !== undefined && { DBT_TARGET: settings.targetName }),
    ...(majorVersion === 1 ? settingsOfVersion1(settings) : { DBT_DISABLE_VERSION_CHECK: '1' }),
  }
  const result: Record<string, string> = { ...run }
  // dbt reads DBT_ENGINE_X as another name of DBT_X.
  for (const name of ['DBT_TARGET_PATH', ...Object.keys(ours)]) {
    delete result[name]
    delete result[name.replace(/^DBT_/, 'DBT_ENGINE_')]
  }
  return { ...result, ...ours }
}

/** dbt 2 writes its log file in the format of the console, has no colours in it, and warns about the others. */
function settingsOfVersion1({ partialParseFile }: StepSettings): Record<string, string> {
  return {
    DBT_LOG_FORMAT_FILE: 'debug',
    DBT_LOG_LEVEL_FILE: 'debug',
    // Never rotated, so that it can be followed.
    DBT_LOG_FILE_MAX_BYTES: '0',
    DBT_USE_COLORS: 'false',
    ...(partialParseFile !== undefined && { DBT_PARTIAL_PARSE_FILE_PATH: partialParseFile }),
  }
}
