import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { knownDetail } from '../../../src/definitions/projects/detail-policy.ts'
import type { ApplyPolicy } from '../../../src/definitions/projects/machine-policy.ts'
import { policyProblems } from '../../../src/definitions/stratus-yml/apply/policy-problems.ts'

let dir: string
beforeAll(async () => {
  dir = await realpath(await mkdtemp(path.join(tmpdir(), 'stratus-policy-')))
  await mkdir(path.join(dir, 'roots/shop'), { recursive: true })
  await mkdir(path.join(dir, 'roots-not'))
  await mkdir(path.join(dir, 'secret'))
  await symlink(path.join(dir, 'secret'), path.join(dir, 'roots/escape'))
  await symlink(path.join(dir, 'roots'), path.join(dir, 'alias'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

async function problemsOf(project: object, policy: Partial<ApplyPolicy> = {}): Promise<string[]> {
  const document = { projects: [{ name: 'P', ...project }] }
  const roots = [path.join(dir, 'roots')]
  const problems = await policyProblems(document, {
    projectRoots: roots,
    dbtCommands: ['/opt/dbt'],
    dbtUsers: ['shop'],
    unrestricted: false,
    ...policy,
  })
  return problems.map((problem) => `${problem.path.join('.')}: ${problem.message}`)
}

test.each(['roots/shop', 'roots', 'roots/not/there/yet', 'alias/shop'])('%s is allowed', async (folder) => {
  expect(await problemsOf({ path: path.join(dir, folder) })).toEqual([])
  expect(await problemsOf({ git: { url: path.join(dir, folder) } })).toEqual([])
})

test.each(['secret', 'roots-not', 'roots/escape', 'roots/escape/deeper', 'roots/../secret', ''])(
  '%s is refused',
  async (folder) => {
    const outside = `${dir}/${folder}`
    for (const project of [{ path: outside }, { git: { url: outside } }, { git: { url: `file://${outside}` } }]) {
      expect(await problemsOf(project)).toEqual([
        expect.stringMatching(/expected a folder below .*STRATUS_PROJECT_ROOTS/),
      ])
      expect(await problemsOf(project, { unrestricted: true })).toEqual([])
    }
  },
)

test('without roots and commands nothing of the machine may be named, and the message says what to set', async () => {
  const nothing = { projectRoots: [], dbtCommands: [] }
  const environments = [{ name: 'E', dbt: { command: '/bin/sh' } }]
  expect(await problemsOf({ path: dir, environments }, nothing)).toEqual([
    expect.stringMatching(/^projects.0.path: .*until STRATUS_PROJECT_ROOTS names some/),
    expect.stringMatching(
      /^projects.0.environments.0.dbt.command: got "\/bin\/sh", .*until STRATUS_DBT_COMMANDS names it/,
    ),
  ])
})

test('commands are the configured ones or plain dbt', async () => {
  const environments = ['/opt/dbt', 'dbt', '/opt/dbt2'].map((command) => ({ name: command, dbt: { command } }))
  expect(await problemsOf({ environments })).toEqual([
    expect.stringMatching(/environments.2.dbt.command: got "\/opt\/dbt2"/),
  ])
})

test('a relative path means nothing on a server', async () => {
  expect(await problemsOf({ path: 'shop' }, { unrestricted: true })).toEqual([
    expect.stringMatching(/expected an absolute path/),
  ])
})

test('what the account has already may stay', async () => {
  const known = new Set([path.join(dir, 'secret'), '/bin/sh'])
  const environments = [{ name: 'E', dbt: { command: '/bin/sh' } }]
  const document = { projects: [{ name: 'P', path: path.join(dir, 'secret'), environments }] }
  const policy = { projectRoots: [], dbtCommands: [], dbtUsers: [], unrestricted: false }
  expect(await policyProblems(document, policy, known)).toEqual([])
  expect(await policyProblems({ projects: [{ name: 'P', git: { url: dir } }] }, policy, known)).toHaveLength(1)
})

describe('details that name files or load code on the worker', () => {
  const connectionWith = (details: object) =>
    problemsOf({ environments: [{ name: 'E', connection: { type: 'duckdb', ...details } }] })

  test.each([
    ['module_paths', ['/some/folder']],
    ['plugins', ['os']],
    ['settings', 'x'],
    ['attach', ['/a.duckdb']],
    ['extensions', ['/tmp/x.duckdb_extension']],
    ['path', '/etc/x.duckdb'],
    ['path', '../x.duckdb'],
    ['path', 'file:/etc/x.duckdb'],
    ['path', 'duckdb:/etc/x.duckdb'],
    ['path', 'x://../../x.duckdb'],
    ['path', 's3://../../x.duckdb'],
    ['path', 'ducklake:/etc/x.duckdb'],
    ['path', 'sqlite:x.db'],
    ['sslkey', '~/.ssh/id', 'postgres'],
    ['private_key_path', '/root/key', 'snowflake'],
    ['keyfile', 'file:///root/key', 'bigquery'],
    ['driver', '/tmp/libodbc.so', 'spark'],
    ['credential_class', 'os.system', 'fabric'],
    ['browser', '/bin/sh -c x', 'teradata'],
    ['krb5_config', '/etc/krb5.conf', 'trino'],
    ['Host', 'db', 'postgres'],
  ])('%s: %j is refused', async (key, value, type = 'duckdb') => {
    expect(await connectionWith({ type, [key]: value })).toEqual([
      expect.stringMatching(`^projects.0.environments.0.connection.${key}: expected`),
    ])
  })

  test('what an environment has already may stay, under its own key alone', async () => {
    const policy = { projectRoots: [], dbtCommands: [], dbtUsers: [], unrestricted: false }
    const ofKey = (key: string) =>
      policyProblems(
        {
          projects: [
            { name: 'P', environments: [{ name: 'E', connection: { type: 'postgres', [key]: '/root/key' } }] },
          ],
        },
        policy,
        new Set([knownDetail('postgres', 'sslkey', '/root/key'), '/root/key']),
      )
    expect(await ofKey('sslkey')).toEqual([])
    expect(await ofKey('sslcert')).toHaveLength(1)
  })

  test('others are not', async () => {
    const below = path.join(dir, 'roots/key.pem')
    for (const details of [
      { path: 'shop.duckdb', extensions: ['httpfs'] },
      { type: 'databricks', http_path: '/sql' },
      { type: 'postgres', search_path: '/x' },
      { type: 'bigquery', keyfile: below },
      { type: 'sqlserver', driver: 'ODBC Driver 18 for SQL Server' },
    ])
      expect(await connectionWith(details)).toEqual([])
    expect(await connectionWith({ path: ':memory:' })).toEqual([])
    for (const place of ['md:shop', 's3://bucket/shop.duckdb', 'ducklake:shop.ducklake', 'ducklake:md:shop']) {
      expect(await connectionWith({ path: place })).toEqual([])
    }
  })

  test('a key that the adapter does not have is refused with the nearest one that it has', async () => {
    expect(await connectionWith({ type: 'postgres', hosts: 'db', sslmod: 'require' })).toEqual([
      'projects.0.environments.0.connection.hosts: expected a key of the adapter postgres, such as host. STRATUS_ALLOWED_DETAILS ' +
        'of the server can allow others, such as postgres.hosts',
      expect.stringMatching(/^projects.0.environments.0.connection.sslmod: .*, such as sslmode/),
    ])
  })

  test('no more keys are looked at than an adapter could have', async () => {
    const many = Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`key_${index}`, 'x']))
    expect(await connectionWith({ type: 'postgres', ...many })).toEqual([
      'projects.0.environments.0.connection.details: expected at most 500 keys, got 501',
    ])
  })

  test('so is an adapter whose details nobody knows', async () => {
    expect(await connectionWith({ type: 'exasol', dsn: 'db' })).toEqual([
      expect.stringMatching(
        /^projects.0.environments.0.connection.type: got "exasol", expected athena, .*, trino, or one that/,
      ),
    ])
  })

  test('a server may allow others, whose files and code have the same rules', async () => {
    const with_ = (type: string, details: object) =>
      problemsOf(
        { environments: [{ name: 'E', connection: { type, ...details } }] },
        { allowedDetails: ['exasol', 'duckdb.settings', 'postgres.new_key'] },
      )
    expect(await with_('exasol', { dsn: 'db', cert_file: '/root/cert', plugins: 'x' })).toEqual([
      expect.stringMatching(/connection.cert_file: expected a path within the project/),
      expect.stringMatching(/connection.plugins: expected nothing/),
    ])
    expect(await with_('duckdb', { settings: 'x' })).toEqual([])
    expect(await with_('postgres', { new_key: 'x' })).toEqual([])
    expect(await with_('postgres', { new_keys: 'x' })).toHaveLength(1)
  })

  test.each(['https://ana:hunter2@db.example', 'md:shop?motherduck_token=hunter2'])(
    'an address with credentials is refused where it would be shown, even on a machine of its own: %s',
    async (path_) => {
      const policy = { unrestricted: true }
      const environment = (details: object) => ({ environments: [{ name: 'E', ...details }] })
      expect(await problemsOf(environment({ connection: { type: 'duckdb', path: path_ } }), policy)).toEqual([
        expect.stringMatching(/connection.path: expected an address without a user and a password/),
      ])
      const hidden = { connection: { type: 'duckdb' }, credentials: { path: path_ } }
      expect(await problemsOf(environment(hidden), policy)).toEqual([])
    },
  )
})
