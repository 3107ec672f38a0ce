import { eventually } from '../support/eventually.ts'
import { useSlowServers } from '../support/slow-servers.ts'
import { testKey } from '../support/test-key.ts'

describe('processes with another secret key', () => {
  const servers = useSlowServers()

  test('a worker and a server are refused in one sentence, before they take a run', async () => {
    await servers.open(1)
    const server = await servers.serve(['--no-worker'])
    const run = await servers.trigger(server, await servers.applyProject(server))
    const other = { STRATUS_SECRET_KEY: testKey('another') }
    const refused = servers.work(other)
    expect(await refused.exited()).toBe(1)
    expect(refused.output()).toMatch(/^stratus: STRATUS_SECRET_KEY lacks a key that secrets of this database .*\n$/m)
    expect(refused.output()).not.toContain(other.STRATUS_SECRET_KEY)
    await expect(servers.serve([], other)).rejects.toThrow('STRATUS_SECRET_KEY lacks a key')
    expect((await servers.runOf(server, run)).status).toBe(1)
    // Adding a key is how keys are changed.
    servers.work({ STRATUS_SECRET_KEY: `${other.STRATUS_SECRET_KEY},${servers.environment().STRATUS_SECRET_KEY}` })
    await eventually('the run succeeds', async () => (await servers.runOf(server, run)).status === 10, 30_000)
  }, 90_000)
})
