import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { makeWritableFolder } from './make-writable-folder.ts'

test('a folder is made, or it is said why nothing can be written there', async () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'stratus-folder-'))
  try {
    const made = path.join(dir, 'a', 'b')
    expect(await makeWritableFolder(made)).toBeUndefined()
    expect(statSync(made).mode & 0o777).toBe(0o700)
    expect(await makeWritableFolder(made)).toBeUndefined()
    const file = path.join(dir, 'file')
    writeFileSync(file, '')
    expect(await makeWritableFolder(file)).toBe('it is a file')
    expect(await makeWritableFolder(path.join(file, 'below'))).toBe('a part of it is a file')
  } finally {
    rmSync(dir, { recursive: true })
  }
})

const onLinux = process.platform === 'linux' ? test : test.skip

onLinux('below /proc, where Node would try forever, it is said that no folder can be made', async () => {
  expect(await makeWritableFolder('/proc/1/stratus/data')).toBe('no folder can be made there')
})
