import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type IdentityMethod, identifyProcess, isAlive, usualMethod } from './process-identity.ts'

const methods: IdentityMethod[] = [...new Set<IdentityMethod>([usualMethod, 'ps'])]

describe.each(methods)('a process seen by %s', (method) => {
  test('is the same as long as it lives, and not another of the same id', async () => {
    const child = spawn('sleep', ['30'])
    const identity = await identifyProcess(child.pid ?? 0, method)
    if (identity === undefined) throw new Error('The process was not found.')
    expect(await isAlive(identity, method)).toBe(true)
    expect(await isAlive({ ...identity, startedAt: 'another time' }, method)).toBe(false)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await isAlive(identity, method)).toBe(false)
  })

  test('that does not exist is undefined', async () => {
    expect(await identifyProcess(2 ** 22 - 1, method)).toBeUndefined()
  })
})
