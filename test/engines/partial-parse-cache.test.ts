import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createHarness, neverStopped, planFor, useWarmDbt } from './support/engine-harness.ts'

// dbt takes seconds to start, and many more on a machine that is busy with other tests.
const timeoutMs = 180_000

/** The program itself is started where one start is proof enough. */
const warm = useWarmDbt()

/** A program that says nothing of its version, as pyenv and others have. */
async function wrapper(folder: string, dbt: string): Promise<string> {
  const file = path.join(folder, 'dbt')
  await writeFile(file, `#!/bin/sh\nexec '${dbt}' "$@"\n`, { mode: 0o755 })
  return file
}

describe('the partial-parse cache', () => {
  test(
    'serves the next run of a program of unknown version, is replaced when damaged, and is not asked when a command says so',
    async () => {
      await using harness = await createHarness()
      const dbt = await wrapper(harness.dataDir, warm.program)
      const project = await harness.project()
      const debugOf = async (command: string) => {
        const sink = harness.sink()
        const plan = planFor(project, dbt, { commands: [command] })
        expect(await harness.engine.execute(plan, sink, neverStopped())).toEqual({ outcome: 'success' })
        return sink.step(4).debug
      }
      const folder = path.join(harness.dataDir, 'cache/partial-parse/project-1-environment-2')
      expect(await debugOf('dbt parse')).toContain('saved manifest not found')
      const [name = '', description = ''] = (await readdir(folder)).sort()
      expect(description).toBe(`${name}.json`)
      expect(await debugOf('dbt parse')).toContain('Partial parsing enabled, no changes found')
      await writeFile(path.join(folder, name), 'damaged')
      expect(await debugOf('dbt parse')).not.toContain('no changes found')
      expect(await readFile(path.join(folder, name), 'latin1')).not.toBe('damaged')
      expect(await debugOf('dbt --no-partial-parse parse')).not.toContain('Partial parsing enabled')
      expect(await readdir(folder)).toEqual([name, description])
    },
    timeoutMs,
  )
})
