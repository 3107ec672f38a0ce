import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isBelow } from './is-below.ts'

let folder: string
beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'stratus-below-')))
  await mkdir(path.join(folder, 'root/deep/deeper'), { recursive: true })
  await mkdir(path.join(folder, 'other/inside'), { recursive: true })
  await symlink(path.join(folder, 'other/inside'), path.join(folder, 'root/out'))
  await symlink(path.join(folder, 'root/deep/deeper'), path.join(folder, 'root/in'))
})
afterAll(() => rm(folder, { recursive: true }))

test.each([
  ['root', true],
  ['root/deep', true],
  ['root/not/there', true],
  ['root/deep/../deep', true],
  ['root2', false],
  ['root/..', false],
  ['root/not/../../there', false],
  ['root/out', false],
  // The system looks into "other" here, and Node would look into "root".
  ['root/out/../secret', false],
  // And here it is the other way round.
  ['root/in/../../secret', false],
  ['root/in/../x', true],
])('%s is below the root: %s', async (place, expected) => {
  expect(await isBelow(`${folder}/${place}`, [path.join(folder, 'root')])).toBe(expected)
})
