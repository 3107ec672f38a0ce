import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ApplyPolicy, policyProblems } from '../../src/projects/apply-policy.ts'
import { knownDetail } from '../../src/projects/detail-policy.ts'

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
  const policy = { projectRoots: [], dbtCommands: [], unrestricted: false }
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
    ['sslkey', '~/.ssh/id'],
    ['private_key_path', '/root/key'],
    ['keyfile', 'file:///root/key'],
  ])('%s: %j is refused', async (key, value) => {
    expect(await connectionWith({ [key]: value })).toEqual([
      expect.stringMatching(`^projects.0.environments.0.connection.${key}: expected`),
    ])
  })

  test('what an environment has already may stay, under its own key alone', async () => {
    const policy = { projectRoots: [], dbtCommands: [], unrestricted: false }
    const ofKey = (key: string) =>
      policyProblems(
        {
          projects: [
            { name: 'P', environments: [{ name: 'E', connection: { type: 'postgres', [key]: '/root/key' } }] },
          ],
        },
        policy,
        new Set([knownDetail('sslkey', '/root/key'), '/root/key']),
      )
    expect(await ofKey('sslkey')).toEqual([])
    expect(await ofKey('sslcert')).toHaveLength(1)
  })

  test('others are not', async () => {
    const below = path.join(dir, 'roots/key.pem')
    const details = {
      path: 'shop.duckdb',
      http_path: '/sql',
      search_path: '/x',
      extensions: ['httpfs'],
      keyfile: below,
    }
    expect(await connectionWith(details)).toEqual([])
    expect(await connectionWith({ path: ':memory:' })).toEqual([])
    expect(await connectionWith({ path: 'md:shop' })).toEqual([])
  })
})
