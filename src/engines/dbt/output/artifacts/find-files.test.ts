import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findFiles } from './find-files.ts'

test('files are looked for up to a number, and not behind links', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'stratus-files-'))
  try {
    await mkdir(path.join(folder, 'a'))
    for (const name of ['a/1', 'a/2', '3']) await writeFile(path.join(folder, name), '')
    await symlink('..', path.join(folder, 'a/up'))
    expect(await findFiles(folder)).toEqual({ names: ['3', 'a/1', 'a/2', 'a/up'], hasMore: false })
    const { names, hasMore } = await findFiles(folder, 3)
    expect([names.length < 4, hasMore]).toEqual([true, true])
  } finally {
    await rm(folder, { recursive: true })
  }
})
