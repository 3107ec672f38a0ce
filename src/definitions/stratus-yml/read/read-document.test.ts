import { SetupError } from '../../../domain/errors.ts'
import { type LoadedDocument, parseDocumentText, readDocument } from './read-document.ts'

const options = { environment: { WAREHOUSE_PASSWORD: 'hunter2', EMPTY: '' }, home: '/home/ada' }

function read(text: string): LoadedDocument {
  return parseDocumentText(text, 'stratus.yml', options)
}

function mistakesOf(text: string): string[] {
  try {
    read(text)
  } catch (error) {
    if (error instanceof SetupError) return error.message.split('\n')
    throw error
  }
  throw new Error('No mistake was found.')
}

function jobYaml(lines: string): string {
  const indented = lines.replaceAll('\n', '\n            ')
  return `projects:
  - name: Shop
    path: shop
    environments:
      - name: Production
        jobs:
          - name: Build
            ${indented}`
}

test('five mistakes of different kinds are all listed, each with its place and what is expected', () => {
  const text = `account: { id: 1, run_slot: 4 }
projects:
  - id: one
    name: Jaffle Shop
    path: ./jaffle_shop
    environments:
      - name: Production
        engine: spark
        jobs:
          - name: Build
            execute_steps: dbt build
            triggers: { schedule: true }
            schedule: { cron: "0 6 * *" }
`
  expect(mistakesOf(text)).toEqual([
    'stratus.yml:1:19: account.run_slot: unknown key "run_slot", expected "run_slots"',
    'stratus.yml:3:9: projects[0].id: got "one", expected a whole number above 0',
    'stratus.yml:8:17: projects[0].environments[0].engine: got "spark", expected one of dbt, simulated',
    'stratus.yml:11:28: projects[0].environments[0].jobs[0].execute_steps: got "dbt build", expected a list of dbt commands',
    'stratus.yml:13:31: projects[0].environments[0].jobs[0].schedule.cron: got "0 6 * *", expected a cron expression of five fields (minute hour day month weekday), not 4',
  ])
})

test('a cron that means nothing is taken while the schedule is off', () => {
  expect(read(jobYaml('execute_steps: []\nschedule: { cron: "0 12 0 0 0" }')).document.projects).toHaveLength(1)
})

test('ids and names that stand twice point at the second and name the first', () => {
  const text = `projects:
  - { id: 1, name: A, path: a, environments: [{ id: 5, name: E, jobs: [{ id: 7, name: J, execute_steps: [dbt run] }] }] }
  - { id: 1, name: A, path: b, environments: [{ id: 5, name: E, jobs: [{ id: 7, name: J, execute_steps: [dbt run] }] }] }
`
  expect(mistakesOf(text)).toEqual([
    'stratus.yml:3:11: projects[1].id: got 1, which projects[0] has already; ids are unique in an account',
    expect.stringMatching(/^stratus.yml:3:53: projects\[1\].environments\[0\].id: got 5/),
    expect.stringMatching(/^stratus.yml:3:78: projects\[1\].environments\[0\].jobs\[0\].id: got 7/),
  ])
})

test('a name that stands twice is a mistake unless both have an id', () => {
  const jobs = (first: string, second: string) => `projects:
  - name: P
    path: a
    environments: [{ name: E, jobs: [{ ${first}name: J, execute_steps: [] }, { ${second}name: J, execute_steps: [] }] }]
`
  expect(mistakesOf(jobs('', 'id: 8, ')).join()).toMatch(/jobs\[1\].name: got "J", which .*jobs\[0\] has already/)
  expect(() => read(jobs('id: 7, ', 'id: 8, '))).not.toThrow()
})

test.each([
  ['execute_step: [dbt build]', /unknown key "execute_step", expected "execute_steps"/],
  ['environment_id: 3', /unknown key "environment_id", leave it out: a job belongs to the environment/],
  ['zzzzzzzzz: 3', /unknown key "zzzzzzzzz", expected one of id, name, description/],
  ['execute_steps:', /execute_steps: missing, expected the dbt commands/],
  ['triggers: { schedule: true }', /schedule: missing, expected a schedule/],
  ['triggers: { schedule: true }\nschedule: { cron: "" }', /schedule: got no time/],
  [
    'triggers: { schedule: true }\nschedule: { cron: "0 0 31 2 *" }',
    /schedule.cron: got "0 0 31 2 \*", .*no date ever/,
  ],
  ['execute_steps: [dbt build, ls -la]', /stratus.yml:8:\d+: .*execute_steps\[1\]: `ls -la` is not a dbt command/],
  ['engine: upstream', /got "upstream", expected one of dbt, simulated: this Stratus has no engine "upstream"/],
  ['schedule: { date: { type: days_of_week, days: [8] } }', /days\[0\]: got 8, expected a whole number from 0 to 6/],
  ['settings: { threads: 0 }', /got 0, expected a whole number from 1 to 1024/],
  ['execution: { timeout_seconds: 1.5 }', /got 1.5, expected a whole number of at least 0/],
  ['generate_docs: "yes"', /got "yes", expected true or false/],
  ['environment_variables: { LD_PRELOAD: x }', /expected other names: Stratus sets this one itself/],
  ['environment_variables: { DBT_LOG_PATH: x }', /expected other names/],
  ['environment_variables: { DBT_ENGINE_PROFILES_DIR: x }', /expected other names/],
  ['environment_variables: { DBT_RECORDER_FILE_PATH: x }', /expected other names/],
  ...[
    ...['PGHOSTADDR', 'PGSERVICEFILE', 'https_proxy', 'REQUESTS_CA_BUNDLE', 'AWS_ENDPOINT_URL_STS', 'OPENSSL_CONF'],
    ...['BIGQUERY_EMULATOR_HOST', 'ODBCSYSINI', 'DBT_PACKAGES_INSTALL_PATH', 'DBT_ENGINE_INFO_SCHEMA_DIR'],
    ...['DBT_ENGINE_OTEL_FILE_NAME', 'DBT_ENGINE_STATE_HOME', 'DBT_DOWNLOADS_DIR', 'SSLKEYLOGFILE', 'HOSTALIASES'],
    ...['LOCALDOMAIN', 'PGSSLROOTCERT', 'grpc_proxy', 'XDG_CONFIG_HOME', 'BROWSER', 'TMP'],
  ].map((name): [string, RegExp] => [`environment_variables: { ${name}: x }`, /expected other names/]),
  ['environment_variables: { DBT_X: [secret] }', /got a list, expected text, a number, or true or false$/m],
  ['id: 3\njob_completion_trigger_condition: { condition: { job_id: 3, statuses: [10] } }', /the job itself/],
  ['job_completion_trigger_condition: { condition: { job_id: 4, statuses: [11] } }', /got 11, expected 10 \(success\)/],
  ['lifecycle_webhooks_url: file:///etc/passwd', /expected an address with http or https/],
])('a job with %j is refused', (yaml, message) => {
  expect(mistakesOf(jobYaml(yaml)).join('\n')).toMatch(message)
})

test.each([
  [
    'git: { url: "https://ada:hunter2@example.com/a.git" }',
    /got "https:\/\/…@example.com\/a.git", expected an address without user/,
  ],
  ['git: { url: "https://hunter2@example.com/a.git" }', /use an SSH address/],
  ['git: { url: "ext::sh -c id" }', /expected the address of a git repository/],
  ['git: { url: "ssh://-oProxyCommand=x/a" }', /expected the address of a git repository/],
  ['git: { url: "--upload-pack=x" }', /expected the address of a git repository/],
  ['git: { url: "file://remote/a" }', /expected a local address such as file:/],
  ['git: { url: "https://example.com/a.git", branch: "--force" }', /expected the name of a branch/],
  ['path: a\n    subdirectory: ../b', /expected a folder below the root of the project/],
  ['path: a\n    subdirectory: /b', /expected a folder below the root of the project/],
  ['path: a\n    git: { url: "https://example.com/a.git" }', /git beside path, expected one of them/],
  ['description: no code\n    environments: [{ name: E }]', /path: missing, expected path or git/],
  [
    'path: a\n    environments: [{ name: E, profile: {}, connection: { type: postgres } }]',
    /connection beside profile/,
  ],
  ['path: a\n    environments: [{ name: E, credentials: { password: x } }]', /credentials alone/],
  [
    'path: a\n    environments: [{ name: E, connection: { type: postgres, "a b": 1 } }]',
    /expected a key of a dbt profile/,
  ],
  ['path: a\n    environments: [{ name: E, connection: { type: postgres, password: [hunter2] } }]', /got a list/],
])('a project with %j is refused', (yaml, message) => {
  const mistakes = mistakesOf(`projects:\n  - name: P\n    ${yaml}`).join('\n')
  expect(mistakes).toMatch(message)
  expect(mistakes).not.toContain('hunter2')
})

test.each([
  'https://example.com/a.git',
  'http://git.intranet:3000/a',
  'ssh://git@example.com:2222/a.git',
  'git@example.com:team/a.git',
  'git://example.com/a.git',
  'file:///srv/a.git',
])('%s is the address of a repository and stays as it is', (url) => {
  expect(read(`projects: [{ name: P, git: { url: "${url}" } }]`).document.projects[0]?.git?.url).toBe(url)
})

test('a connection has what profiles have, lists of texts among it', () => {
  const connection = { type: 'duckdb', path: 'shop.duckdb', threads: 2, extensions: ['httpfs', 'json'] }
  const text = JSON.stringify({ projects: [{ name: 'P', path: 'a', environments: [{ name: 'E', connection }] }] })
  expect(read(text).document.projects[0]?.environments?.[0]?.connection).toEqual(connection)
})

test('from_env is resolved where the file is read, and its values are never shown', () => {
  const text = `projects:
  - name: P
    path: a
    environments:
      - name: E
        connection: { type: postgres, host: db, port: 5432, password: { from_env: WAREHOUSE_PASSWORD } }
        environment_variables: { DBT_ENV_SECRET_P: { from_env: WAREHOUSE_PASSWORD }, DBT_EMPTY: { from_env: EMPTY } }
`
  const environment = read(text).document.projects[0]?.environments?.[0]
  expect(environment?.connection).toEqual({ type: 'postgres', host: 'db', port: 5432, password: 'hunter2' })
  expect(environment?.environment_variables).toEqual({ DBT_ENV_SECRET_P: 'hunter2', DBT_EMPTY: '' })

  expect(mistakesOf(text.replaceAll('WAREHOUSE_PASSWORD', 'NOT_SET'))).toEqual([
    expect.stringMatching(
      /^stratus.yml:6:83: .*password.from_env: got from_env: NOT_SET, expected that environment variable to be set/,
    ),
    expect.stringMatching(/^stratus.yml:7:64: .*DBT_ENV_SECRET_P.from_env: got from_env: NOT_SET/),
  ])
  expect(mistakesOf(text.replace('name: E', 'name: E\n        engine: { from_env: WAREHOUSE_PASSWORD }'))).toEqual([
    'stratus.yml:6:17: projects[0].environments[0].engine: got the value of the environment variable WAREHOUSE_PASSWORD, expected one of dbt, simulated',
  ])
})

test('values that look like numbers keep their text where text is meant', () => {
  const job = read(
    jobYaml('execute_steps: [dbt build]\ndbt_version: 1.10\nenvironment_variables: { DBT_ZIP: 01230, DBT_F: false }'),
  ).document.projects[0]?.environments?.[0]?.jobs?.[0]
  expect(job?.dbt_version).toBe('1.10')
  expect(job?.environment_variables).toEqual({ DBT_ZIP: '01230', DBT_F: false })
})

test('paths and commands are seen from the folder of the file', () => {
  const { projects } = parseDocumentText(
    `projects:
  - { name: A, path: ./a, environments: [{ name: E, dbt: { command: .venv/bin/dbt } }, { name: F, dbt: { command: dbt } }] }
  - { name: B, path: ~/b }
  - { name: C, git: { url: ../c.git } }
`,
    '/srv/jobs/stratus.yml',
    options,
  ).document
  expect(projects.map((project) => project.path ?? project.git?.url)).toEqual([
    '/srv/jobs/a',
    '/home/ada/b',
    '/srv/c.git',
  ])
  expect(projects[0]?.environments?.map((environment) => environment.dbt?.command)).toEqual([
    '/srv/jobs/.venv/bin/dbt',
    'dbt',
  ])
})

test('what the server says about a path of the document gets its place in the file', () => {
  const loaded = read(jobYaml('execute_steps: [dbt build]\ndeferring_environment_id: 9'))
  expect(
    loaded.locate('The document has a mistake:\nprojects[0].environments[0].jobs[0].deferring_environment_id: got 9'),
  ).toBe(
    'The document has a mistake:\nstratus.yml:9:39: projects[0].environments[0].jobs[0].deferring_environment_id: got 9',
  )
})

test('a file that is not there is named whole', async () => {
  await expect(readDocument('no-such.yml', options)).rejects.toThrow(`There is no file ${process.cwd()}/no-such.yml.`)
})
