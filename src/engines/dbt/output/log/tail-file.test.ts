import { mkdtemp, realpath, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { tailFile } from './tail-file.ts'

test('a log of any size is read up to a number of bytes, and is not looked at again', async () => {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'stratus-tail-')))
  try {
    const file = path.join(folder, 'dbt.log')
    await writeFile(file, '')
    await truncate(file, 300 * 1024 * 1024)
    let bytes = 0
    const reasons: string[] = []
    const tail = tailFile(file, {
      onChunk: async (chunk) => {
        bytes += chunk.length
        return true
      },
      onUnfit: (reason) => reasons.push(reason),
    })
    await tail.finish()
    expect([bytes, reasons]).toEqual([256 * 1024 * 1024, ['has more than 256 MiB']])
  } finally {
    await rm(folder, { recursive: true })
  }
})
