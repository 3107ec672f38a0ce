import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { binDir, root, stateDir } from '../lib/paths.mjs'
import { PlainError } from '../lib/plain-error.mjs'
import { passThrough } from '../lib/run-command.mjs'
import { readStratus, startStratus } from '../lib/stratus-server.mjs'

// Not whether wrong input is refused: being lenient is wanted.
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
]

/** Requests change and remove other things than they read, so that those stay. */
const document = {
  projects: ['Read', 'Changed', 'Removed'].map((name) => ({
    name,
    git: { url: 'https://git.invalid/project.git' },
    environments: [
      {
        name: 'Production',
        deployment_type: 'production',
        // Nothing is installed or started for the runs that are triggered.
        engine: 'simulated',
        connection: { type: 'duckdb', path: 'nowhere.duckdb' },
        environment_variables: { DBT_REGION: 'eu' },
        jobs: [{ name: 'Build', execute_steps: ['dbt build'], schedule: { cron: '0 6 * * *' } }],
      },
    ],
  })),
}

/** Sends generated requests to a server of their own, by each of openapi/*.yaml; gives the counts of operations. */
export async function runSchemathesis(programs, { seconds }) {
  const dir = path.join(stateDir, 'schemathesis')
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(path.join(dir, 'project'), { recursive: true })
  // JSON is YAML too.
  writeFileSync(path.join(dir, 'project/stratus.yml'), JSON.stringify(document, undefined, 2))
  const ready = await startStratus(programs, {
    project: path.join(dir, 'project'),
    dataDir: path.join(dir, 'data'),
    port: 0,
    logFile: path.join(dir, 'stratus.log'),
  })
  const files = readdirSync(path.join(root, 'openapi')).filter((name) => name.endsWith('.yaml'))
  const total = { code: 0, passed: 0, failed: 0, skipped: 0 }
  for (const file of files) {
    const result = await runFile({ dir, file, ready, seconds: Math.ceil(seconds / files.length) })
    total.code ||= result.code
    if (result.passed + result.failed === 0) throw new PlainError(`No operation of openapi/${file} was asked for.`)
    for (const key of ['passed', 'failed', 'skipped']) total[key] += result[key]
  }
  // A request must not be able to end the server.
  await readStratus(ready, 'jobs/')
  return total
}

async function runFile({ dir, file, ready, seconds }) {
  const report = path.join(dir, `${file}.xml`)
  const config = path.join(dir, `${file}.toml`)
  writeFileSync(config, configuration(ready), { mode: 0o600 })
  console.log(`\nGenerated requests by ${file}:`)
  const args = [
    ...['--config-file', config, 'run', path.join(root, 'openapi', file), '--url', ready.url],
    ...['--tls-verify', ready.ca_file, '--checks', checks.join(','), '--max-time', String(seconds)],
    ...['--phases', 'examples,coverage,fuzzing', '--suppress-health-check', 'all', '--generation-database', 'none'],
    ...['--request-timeout', '20', '--report-junit-path', report, '--continue-on-failure'],
  ]
  const code = await passThrough(path.join(binDir('schemathesis'), 'schemathesis'), args, { cwd: dir })
  return { code, ...readJunit(report) }
}

/** The token stands in a file that only its owner reads, never among the arguments. */
function configuration(ready) {
  const [read, changed, removed] = ready.projects.map((project) => idsIn(project))
  // The token of these requests is 1, and a revoked one would end them all.
  const common = { account_id: ready.account_id, run_id: 1, step_id: 1, token_id: 2, user_id: 1, variable_id: 1 }
  const section = (method, ids, ...filters) => [
    '[[operations]]',
    `include-method = "${method}"`,
    ...filters,
    `parameters = ${table({ ...common, ...ids })}`,
  ]
  // An update may say that its object is deleted.
  const updates = JSON.stringify('(projects|environments|jobs)/{(project|environment|job)_id}/$')
  return [
    `headers = { Authorization = ${JSON.stringify(`Token ${ready.token}`)} }`,
    `parameters = ${table({ ...common, ...read })}`,
    ...section('DELETE', removed),
    ...section('POST', removed, `include-path-regex = ${updates}`),
    ...section('POST', changed, `exclude-path-regex = ${updates}`),
    ...section('PUT', changed),
    ...section('PATCH', changed),
    '[checks]',
    // Operations that are known and not served answer 501.
    'not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "501"]',
    '',
  ].join('\n')
}

/** Connections and credentials have the ids of their environments, repositories those of their projects. */
function idsIn({ id: project_id, environments: [{ id: environment_id, jobs }] }) {
  const ids = { connection_id: environment_id, credentials_id: environment_id, repository_id: project_id }
  return { project_id, environment_id, job_id: jobs[0].id, ...ids }
}

function table(ids) {
  const entries = Object.entries(ids).map(([name, id]) => `"path.${name}" = ${id}`)
  return `{ ${entries.join(', ')} }`
}

/** Counts operations, each of which is a test case of the report. */
function readJunit(file) {
  let text = ''
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    // It ended before it wrote one; its exit code tells.
  }
  const cases = text.split('<testcase ').slice(1)
  const count = (pattern) => cases.filter((each) => pattern.test(each)).length
  const bad = count(/<(failure|error)[ >]/)
  const skipped = count(/<skipped/)
  return { passed: cases.length - bad - skipped, failed: bad, skipped }
}
