import { pino } from 'pino'
import { runPhases } from './run-phases.ts'

const logger = pino({ level: 'silent' })

test('a part that fails, and one that never ends, keep none from its turn and are named', async () => {
  const done: string[] = []
  const failed = await runPhases(
    [
      { name: 'runs', limitMs: Number.POSITIVE_INFINITY, run: async () => done.push('runs') },
      { name: 'throws', limitMs: 1000, run: () => Promise.reject(new Error('no')) },
      {
        name: 'throws at once',
        limitMs: 1000,
        run() {
          throw new Error('no')
        },
      },
      { name: 'hangs', limitMs: 1, run: () => new Promise(() => {}) },
      { name: 'database', limitMs: 1000, run: async () => done.push('database') },
    ],
    logger,
  )
  expect(done).toEqual(['runs', 'database'])
  expect(failed).toEqual(['throws', 'throws at once', 'hangs'])
})
