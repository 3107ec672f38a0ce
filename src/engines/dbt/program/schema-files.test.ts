import { mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { changedInSilence, isUnchanged, readSchemaFiles } from './schema-files.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stratus-yaml-'))
})
afterEach(() => rm(folder, { recursive: true }))

const epoch = new Date(1_600_000_000_000)

async function write(name: string, text: string, time = epoch): Promise<void> {
  const file = path.join(folder, name)
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, text)
  await utimes(file, time, time)
}

const namesIn = ({ files }: { files: object }) =>
  Object.keys(files)
    .map((file) => path.relative(folder, file))
    .sort()

test('the YAML files of a project and its packages are found, also behind links, and no others', async () => {
  await write('project/models/a.yml', 'a: 1')
  await write('project/models/deep/b.yaml', 'b: 1')
  await write('project/models/a.sql', 'select 1')
  await write('project/.git/c.yml', '')
  await write('project/target/c.yml', '')
  await write('project/venv/pyvenv.cfg', '')
  await write('project/venv/lib/c.yml', '')
  await write('package/models/p.yml', 'p: 1')
  await mkdir(path.join(folder, 'project/dbt_packages'))
  await symlink(path.join(folder, 'package'), path.join(folder, 'project/dbt_packages/package'))
  await symlink('..', path.join(folder, 'project/models/loop'))
  await symlink('nowhere', path.join(folder, 'project/models/nothing.yml'))
  const project = path.join(folder, 'project')
  expect(namesIn(await readSchemaFiles([project, path.join(project, 'dbt_packages')], undefined))).toEqual([
    'project/dbt_packages/package/models/p.yml',
    'project/models/a.yml',
    'project/models/deep/b.yaml',
  ])
})

test('of a checkout nothing is looked at to which a link leads out of it', async () => {
  const project = path.join(folder, 'project')
  await write('project/models/a.yml', 'a: 1')
  await write('outside/b.yml', 'b: 1')
  const take = async () => {
    const { isWhole, ...found } = await readSchemaFiles([project], undefined, await realpath(project))
    return [isWhole, namesIn(found).filter((name) => name.startsWith('outside') || name.includes('/b.yml'))]
  }
  expect(await take()).toEqual([true, []])
  for (const target of ['../../outside', '../../outside/b.yml']) {
    await symlink(target, path.join(project, 'models', path.basename(target)))
    expect(await take()).toEqual([false, []])
    await rm(path.join(project, 'models', path.basename(target)))
  }
})

test('a file whose content changed at the same time is told from one whose time changed, too', async () => {
  await write('a.yml', 'a: 1')
  await write('b.yml', 'b: 1')
  const before = await readSchemaFiles([folder], undefined)
  expect(before.read).toBe(2)
  const same = await readSchemaFiles([folder], before)
  expect([changedInSilence(before, same), isUnchanged(before, same)]).toEqual([false, true])

  await write('b.yml', 'b: 2', new Date())
  await write('c.yml', 'c: 1')
  const later = await readSchemaFiles([folder], before)
  expect([changedInSilence(before, later), isUnchanged(before, later)]).toEqual([false, false])

  await write('a.yml', 'a: 2')
  expect(changedInSilence(before, await readSchemaFiles([folder], before))).toBe(true)
})

test('only files that may have changed are read again', async () => {
  await write('a.yml', 'a: 1')
  const first = await readSchemaFiles([folder], undefined)
  // It was looked at so soon after its last change that another one could have the same times.
  expect((await readSchemaFiles([folder], first)).read).toBe(1)
  const settled = { ...first, takenAt: first.takenAt + 10_000 }
  expect((await readSchemaFiles([folder], settled)).read).toBe(0)
})
