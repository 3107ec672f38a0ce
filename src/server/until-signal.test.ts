import { eventually } from '../../test/support/eventually.ts'
import { untilAborted, untilSignal } from './until-signal.ts'

const send = (name: 'SIGINT' | 'SIGTERM') => process.emit(name, name)

test('the first signal aborts with its name; what npm passes on counts as the same; a later one aborts the second', async () => {
  using stop = untilSignal()
  const before = process.listenerCount('SIGTERM')
  const aborted = untilAborted(stop.signal)
  send('SIGINT')
  await aborted
  expect(stop.signal.reason).toBe('SIGINT')
  send('SIGINT')
  expect(stop.again.aborted).toBe(false)
  await eventually('a later signal counts', () => {
    send('SIGTERM')
    return stop.again.aborted
  })
  expect(stop.again.reason).toBe('SIGTERM')
  // npm's copy of the second one must not end the process as a third would.
  send('SIGTERM')
  expect(process.listenerCount('SIGTERM')).toBe(before)
})

test('disposing gives the signals back', () => {
  const before = process.listenerCount('SIGTERM')
  const stop = untilSignal()
  expect(process.listenerCount('SIGTERM')).toBe(before + 1)
  stop[Symbol.dispose]()
  expect(process.listenerCount('SIGTERM')).toBe(before)
})
