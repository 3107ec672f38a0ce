import { mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { folderId } from './folder-id.ts'

test('a folder has one id, whoever asks first, and keeps it when it is moved', async () => {
  const parent = await mkdtemp(path.join(tmpdir(), 'stratus-id-'))
  try {
    const folder = path.join(parent, 'data')
    const ids = await Promise.all(Array.from({ length: 20 }, () => folderId(folder)))
    expect(new Set(ids).size).toBe(1)
    expect(await readdir(folder)).toEqual(['id'])
    await rename(folder, path.join(parent, 'moved'))
    expect(await folderId(path.join(parent, 'moved'))).toBe(ids[0])
    expect(await folderId(path.join(parent, 'other'))).not.toBe(ids[0])
  } finally {
    await rm(parent, { recursive: true })
  }
})
