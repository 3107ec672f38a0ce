import type { ReadyFile } from '../client/ready-file.ts'
import type { Config } from '../config/config.ts'
import { plainText } from './output/terminal-text.ts'
import { shellExports } from './shell-exports.ts'

/** Says where the server of `stratus dev` is, what is in it and what to do next. */
export function describeServer(
  ready: ReadyFile,
  config: Pick<Config, 'dataDir'>,
  tookMs: number,
  { notices, signInCode }: { notices: readonly string[]; signInCode: string | undefined },
): string {
  const exports = shellExports({
    AIRFLOW_CONN_DBT_CLOUD_DEFAULT: ready.airflow_connection,
    ...(ready.ca_bundle_file !== null && {
      REQUESTS_CA_BUNDLE: ready.ca_bundle_file,
      SSL_CERT_FILE: ready.ca_bundle_file,
    }),
  })
  const jobs = ready.projects.flatMap((project) =>
    project.environments.flatMap((environment) =>
      environment.jobs.map((job) => `  job ${job.id}  ${project.name} › ${environment.name} › ${job.name}`),
    ),
  )
  const shown = jobs.length > 10 ? [...jobs.slice(0, 10), `  and ${jobs.length - 10} more`] : jobs
  return [
    `Stratus is ready at ${ready.url} (${(tookMs / 1000).toFixed(1)} s)`,
    '',
    ...(shown.length > 0 ? shown : ['  No jobs yet: write a stratus.yml.']),
    ...notices.map(plainText),
    '',
    'For Airflow, in the shell that starts it (or: eval "$(stratus env)"):',
    indent(exports),
    '',
    ...(signInCode === undefined ? [] : [`In a browser, once: ${ready.url}/sign-in/?code=${signInCode}`, '']),
    `Try a job: stratus run ${firstJob(ready) ?? '<job>'}      Data: ${config.dataDir}      Stop: Ctrl-C`,
  ].join('\n')
}

function firstJob({ projects }: ReadyFile): number | undefined {
  return projects.flatMap((project) => project.environments.flatMap((environment) => environment.jobs))[0]?.id
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ')
}
