import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parsePyyaml } from '../../../../util/pyyaml/parse-pyyaml.ts'
import { ownHands } from '../../users/hands.ts'
import { type LastingPlace, lastingOutput, lastingProfiles, prepareLasting } from './lasting-files.ts'

let folder: string
let place: LastingPlace
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stratus-lasting-'))
  const checkout = path.join(folder, 'checkout')
  place = { folder: path.join(folder, 'files'), subdirectory: 'dbt', projectDir: path.join(checkout, 'dbt'), checkout }
  await mkdir(place.projectDir, { recursive: true })
})
afterEach(() => rm(folder, { recursive: true }))

const top = () => path.join(folder, 'files')

test.each([
  ['shop.duckdb', 'dbt/shop.duckdb'],
  ['./data/shop.duckdb', 'dbt/data/shop.duckdb'],
  ['../data/shop.duckdb', 'data/shop.duckdb'],
  ['../../../../etc/shop.duckdb', 'etc/shop.duckdb'],
  ["{{ env_var('DUCK', 'other.duckdb') }}", 'dbt/mine.duckdb'],
])('a relative path %s lasts', async (written, expected) => {
  const { output } = await lastingOutput({ type: 'duckdb', path: written }, place, { DUCK: 'mine.duckdb' })
  expect(output).toEqual({
    type: 'duckdb',
    path: path.join(top(), expected),
    external_root: path.join(top(), 'dbt'),
  })
})

test.each([
  ':memory:',
  'md:shop',
  '/srv/shop.duckdb',
  '~/shop.duckdb',
  '{{ var("x") }}',
  "{{ env_var('DBT_ENV_SECRET_P') }}",
])('%s stays', async (written) => {
  const output = { type: 'duckdb', path: written, external_root: '/srv' }
  const variables = { DBT_ENV_SECRET_P: 'hunter2.duckdb' }
  expect(await lastingOutput(output, place, variables)).toEqual({ output, files: [], folders: [] })
})

test('the folder of an environment is itself, without a slash, for a project at the top of its repository', async () => {
  const { folders } = await lastingOutput({ type: 'duckdb', path: 'shop.duckdb' }, { ...place, subdirectory: '' }, {})
  expect(folders).toEqual([place.folder, place.folder])
})

test('what is only attached to be read is of the repository, if it is there', async () => {
  await writeFile(path.join(place.projectDir, 'countries.duckdb'), 'x')
  const attach = [
    { path: 'countries.duckdb', read_only: true },
    { path: 'absent.duckdb', read_only: true },
    { path: 'written.duckdb', alias: 'w' },
    { path: 'lite.sqlite', type: 'sqlite' },
  ]
  const { output } = await lastingOutput({ type: 'duckdb', attach }, place, {})
  expect(output.attach).toEqual([
    attach[0],
    { path: path.join(top(), 'dbt/absent.duckdb'), read_only: true },
    { path: path.join(top(), 'dbt/written.duckdb'), alias: 'w' },
    attach[3],
  ])
})

test('nothing else in the profiles changes', async () => {
  const text =
    'a: {target: x, outputs: {x: {type: duckdb, path: a.db, threads: 4, schema: 2592e5}, y: {type: postgres, host: h}}}\n'
  const profiles = { file: 'profiles.yml', text, ...parsePyyaml(text) }
  const changed = await lastingProfiles(text, profiles, place, {})
  expect(parsePyyaml(changed).content).toEqual({
    a: {
      target: 'x',
      outputs: {
        x: {
          type: 'duckdb',
          path: path.join(top(), 'dbt/a.db'),
          threads: 4,
          schema: '2592e5',
          external_root: path.join(top(), 'dbt'),
        },
        y: { type: 'postgres', host: 'h' },
      },
    },
  })
})

test('a file that the repository has is what the lasting one begins with', async () => {
  await writeFile(path.join(place.projectDir, 'shop.duckdb'), 'committed')
  const lasting = await lastingOutput({ type: 'duckdb', path: 'shop.duckdb' }, place, {})
  const file = path.join(top(), 'dbt/shop.duckdb')
  await prepareLasting(lasting, place, ownHands)
  expect(await readFile(file, 'utf8')).toBe('committed')
  await writeFile(file, 'written by dbt')
  await prepareLasting(lasting, place, ownHands)
  expect(await readFile(file, 'utf8')).toBe('written by dbt')
})

test('a committed file that is a link out of the repository is not copied', async () => {
  await writeFile(path.join(folder, 'foreign'), 'secret')
  await symlink('../../foreign', path.join(place.projectDir, 'shop.duckdb'))
  const lasting = await lastingOutput({ type: 'duckdb', path: 'shop.duckdb' }, place, {})
  await expect(prepareLasting(lasting, place, ownHands)).rejects.toThrow(
    /shop\.duckdb of the repository lies in another folder, to which a link leads\.$/,
  )
  expect(await readdir(path.join(top(), 'dbt'))).toEqual([])
})
