import type { EnvironmentRow, JobRow, ProjectRow } from '../../db/schema.ts'
import { shownGitUrl } from '../../domain/git-url.ts'
import { defaultJobSettings, type JobCompletionTrigger } from '../../domain/job.ts'
import { givenTypeOf } from '../../domain/job-derivations.ts'
import { withoutCredentials } from '../../domain/without-credentials.ts'
import { defaultEnvironmentSettings } from '../create-environment.ts'
import type { EnvironmentDocument } from '../document/environment-schema.ts'
import { type JobDocument, jobSchema } from '../document/job-schema.ts'
import type { ProjectDocument } from '../document/project-schema.ts'
import { type NamedThing, type NamedThings, shortestName } from '../references/named-things.ts'

/*
 * Rows as the parts of a document that stand for them, without what is in them. Defaults are left out, as people
 * write it: what a document does not say returns to its default.
 */

export function projectPart(project: ProjectRow): ProjectDocument {
  const { id, name, description, path, git_url: url, git_branch: branch, subdirectory } = project
  return {
    id,
    name,
    ...(description !== '' && { description }),
    // Null, in so many words, is a project without code; without it, applying would ask for some.
    ...(url === null ? { path } : { git: { url: shownGitUrl(url), ...(branch !== null && { branch }) } }),
    ...(subdirectory !== null && { subdirectory }),
  }
}

export function environmentPart(environment: EnvironmentRow): EnvironmentDocument {
  const { id, name, connection, profile_name, target_name } = environment
  return {
    id,
    name,
    ...different(
      {
        type: environment.type,
        deployment_type: environment.deployment_type,
        engine: environment.engine,
        dbt_version: environment.dbt_version,
        custom_branch: environment.custom_branch,
        max_parallel_runs: environment.max_parallel_runs,
        run_as: environment.run_as,
      },
      defaultEnvironmentSettings,
    ),
    ...(environment.dbt_command !== null && { dbt: { command: environment.dbt_command } }),
    ...((profile_name !== null || target_name !== null) && {
      profile: {
        ...(profile_name !== null && { name: profile_name }),
        ...(target_name !== null && { target: target_name }),
      },
    }),
    ...(environment.simulation !== null && { simulation: environment.simulation }),
    ...(connection !== null && {
      connection: { ...withoutCredentials(connection.details), name: connection.name, type: connection.type },
    }),
  }
}

/** Other jobs and environments by their names, where those mean nothing else. */
export function jobPart(job: JobRow, projectName: string, things: NamedThings): JobDocument {
  const type = givenTypeOf(job)
  const settings = different({ threads: job.threads, target_name: job.target_name }, defaultJobSettings)
  const triggers = {
    ...(job.trigger_schedule && { schedule: true }),
    ...(job.trigger_github_webhook && { github_webhook: true }),
    ...(job.trigger_git_provider_webhook && { git_provider_webhook: true }),
    ...(job.trigger_on_merge && { on_merge: true }),
  }
  return {
    id: job.id,
    name: job.name,
    ...different(
      { description: job.description, engine: job.engine, dbt_version: job.dbt_version },
      defaultJobSettings,
    ),
    // Always there: a job without commands has to say so.
    execute_steps: job.execute_steps,
    ...(Object.keys(settings).length > 0 && { settings }),
    ...(job.timeout_seconds !== 0 && { execution: { timeout_seconds: job.timeout_seconds } }),
    ...(Object.keys(triggers).length > 0 && { triggers }),
    ...(job.schedule !== null && { schedule: jobSchema.shape.schedule.parse(job.schedule) }),
    ...(type !== null && { job_type: type }),
    ...different(
      {
        generate_docs: job.generate_docs,
        run_generate_sources: job.run_generate_sources,
        run_compare_changes: job.run_compare_changes,
        compare_changes_flags: job.compare_changes_flags,
        run_lint: job.run_lint,
        errors_on_lint_failure: job.errors_on_lint_failure,
        lifecycle_webhooks: job.lifecycle_webhooks,
        lifecycle_webhooks_url: job.lifecycle_webhooks_url,
        triggers_on_draft_pr: job.triggers_on_draft_pr,
      },
      defaultJobSettings,
    ),
    ...reference(job.deferring_job_definition_id, things.jobs, 'deferring_job', 'deferring_job_definition_id'),
    ...reference(
      job.deferring_environment_id,
      things.environments,
      'deferring_environment',
      'deferring_environment_id',
    ),
    ...(job.job_completion_trigger !== null && {
      job_completion_trigger_condition: jobSchema.shape.job_completion_trigger_condition.parse(
        named(job.job_completion_trigger),
      ),
    }),
    ...(job.simulation !== null && { simulation: job.simulation }),
    ...(job.cost_optimization_features.length > 0 && { cost_optimization_features: job.cost_optimization_features }),
  }

  function reference<Name extends string, Id extends string>(
    id: number | null,
    among: readonly NamedThing[],
    nameKey: Name,
    idKey: Id,
  ) {
    if (id === null) return {}
    const name = shortestName(id, among, projectName)
    return name === undefined ? { [idKey]: id } : { [nameKey]: name }
  }

  function named({ condition: { job_id, project_id, statuses } }: JobCompletionTrigger) {
    const name = shortestName(job_id, things.jobs, projectName)
    return { condition: name === undefined ? { job_id, project_id, statuses } : { job: name, statuses } }
  }
}

/** What of `values` is not as in `defaults`. */
function different<T extends object>(values: T, defaults: object): Partial<T> {
  const picked: Partial<T> = {}
  for (const key in values) if (values[key] !== Reflect.get(defaults, key)) picked[key] = values[key]
  return picked
}
