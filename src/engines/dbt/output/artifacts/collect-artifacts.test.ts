import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { StoreFullError, StoreUnavailableError, UnstorableFileError } from '../../../../domain/store-errors.ts'
import { collectArtifacts } from './collect-artifacts.ts'

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'stratus-collect-')))
  await mkdir(path.join(folder, 'compiled'))
  for (const name of ['manifest.json', 'compiled/a.sql', 'partial_parse.msgpack'])
    await writeFile(path.join(folder, name), name)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('what was written since is stored, and nothing else again', async () => {
  const stored: string[] = []
  const collecting = {
    say: () => {},
    store: async (name: string) => {
      stored.push(name)
      return undefined
    },
  }
  const first = await collectArtifacts(folder, new Map(), collecting)
  await writeFile(path.join(folder, 'compiled/a.sql'), 'changed')
  await collectArtifacts(folder, first, collecting)
  // Several are stored at once: which of them is first is not said.
  expect(stored.slice(0, 2).sort()).toEqual(['compiled/a.sql', 'manifest.json'])
  expect(stored.slice(2)).toEqual(['compiled/a.sql'])
})

test('what fails for one name alone costs the others nothing, and a fault of the store is thrown', async () => {
  const said: string[] = []
  const failing = (error: Error) => ({
    say: (sentence: string) => said.push(sentence),
    store: async (name: string) => {
      if (name === 'manifest.json') throw error
      return undefined
    },
  })
  await collectArtifacts(folder, new Map(), failing(new UnstorableFileError('its name is too long')))
  expect(said).toEqual(['target/manifest.json is not kept: its name is too long.'])
  await expect(collectArtifacts(folder, new Map(), failing(new StoreUnavailableError('no route')))).rejects.toThrow(
    'no route',
  )
  await expect(collectArtifacts(folder, new Map(), failing(new StoreFullError('It is full')))).rejects.toThrow(
    'It is full: manifest.json could not be stored.',
  )
})
