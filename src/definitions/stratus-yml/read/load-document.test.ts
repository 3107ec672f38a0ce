import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { loadDocument } from './load-document.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'stratus-load-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function files(contents: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(contents)) {
    await mkdir(path.dirname(path.join(dir, name)), { recursive: true })
    await writeFile(path.join(dir, name), content)
  }
}

const load = (environment: Record<string, string> = {}) =>
  loadDocument(dir, { environment, home: path.join(dir, 'home') })

test('a bare dbt project becomes a project, the environment "Production" and the job "Build"', async () => {
  await files({ 'dbt_project.yml': 'name: jaffle_shop\nprofile: jaffle_shop\n' })
  expect((await load()).document).toEqual({
    projects: [
      {
        id: 1,
        name: 'jaffle_shop',
        path: dir,
        environments: [
          {
            id: 1,
            name: 'Production',
            deployment_type: 'production',
            jobs: [{ id: 1, name: 'Build', execute_steps: ['dbt build'] }],
          },
        ],
      },
    ],
  })
})

test('a dbt project that names no profile gets the only one there is, found in the order of dbt', async () => {
  await files({ 'dbt_project.yml': 'name: shop\n', 'home/.dbt/profiles.yml': 'at_home: {}\n' })
  const profileOf = async (environment = {}) =>
    (await load(environment)).document.projects[0]?.environments?.[0]?.profile
  expect(await profileOf()).toEqual({ name: 'at_home' })
  await files({ 'profiles.yml': 'config: {}\nin_project: {}\n', 'elsewhere/profiles.yml': 'one: {}\ntwo: {}\n' })
  expect(await profileOf()).toEqual({ name: 'in_project' })
  expect(await profileOf({ DBT_PROFILES_DIR: 'elsewhere' })).toBeUndefined()
  expect(await profileOf({ DBT_PROFILES_DIR: 'nowhere' })).toBeUndefined()
})

test('the dbt of the virtual environment in the folder is used, unless another is active', async () => {
  await files({ 'dbt_project.yml': 'name: shop\n', '.venv/bin/dbt': '' })
  const commandOf = async (environment = {}) => (await load(environment)).document.projects[0]?.environments?.[0]?.dbt
  expect(await commandOf()).toEqual({ command: path.join(dir, '.venv/bin/dbt') })
  expect(await commandOf({ VIRTUAL_ENV: '/elsewhere' })).toBeUndefined()
})

test('a stratus.yml wins over the dbt project beside it', async () => {
  await files({ 'dbt_project.yml': 'name: shop\n', 'stratus.yml': 'projects: [{ name: Mine, path: . }]' })
  expect((await load()).document.projects).toEqual([{ name: 'Mine', path: dir }])
})

test.each([
  [{}, /has neither a stratus.yml nor a dbt_project.yml/],
  [{ 'dbt_project.yml': 'version: 1\n' }, /dbt_project.yml has no name/],
  [{ 'dbt_project.yml': 'name: [\n' }, /dbt_project.yml:\d+:\d+: /],
  [{ 'stratus.yml': 'projects: 3' }, /stratus.yml:1:11: projects: got 3, expected a list of projects/],
])('the folder %j is an error that says what is wrong', async (contents, message) => {
  await files(contents)
  await expect(load()).rejects.toThrow(message)
})

test('a folder that is not there is said so', async () => {
  await expect(loadDocument(path.join(dir, 'nowhere'), { environment: {}, home: dir })).rejects.toThrow(
    /nowhere is not a folder/,
  )
})
