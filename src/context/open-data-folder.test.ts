import { chmod, chown, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openDataFolder } from './open-data-folder.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'stratus-data-'))
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

test.each(['dev', 'serve', 'work'] as const)('nobody else may write in the data folder of %s', async (mode) => {
  await chmod(dataDir, 0o2777)
  await openDataFolder({ dataDir, mode })
  expect((await stat(dataDir)).mode & 0o7777).toBe(0o2755)
})

describe('a data folder of another user', () => {
  const somebody = 4711
  const another = 4712
  // Without that right, the folder belongs to whoever runs this, who is another user, too.
  beforeEach(() => (process.getuid?.() === 0 ? chown(dataDir, another, another) : undefined))

  test('is refused on a laptop', async () => {
    await expect(openDataFolder({ dataDir, mode: 'dev' }, somebody)).rejects.toThrow(
      /^The data folder .* belongs to another user of this machine \(uid \d+\), who could put keys/,
    )
  })

  test.each(['serve', 'work'] as const)('is the volume of a container for %s', async (mode) => {
    await expect(openDataFolder({ dataDir, mode }, somebody)).resolves.toBeUndefined()
  })
})
