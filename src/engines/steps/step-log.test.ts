import { RecordingSink } from '../../../test/engines/support/recording-sink.ts'
import { SecretScrubber } from './secrets/secret-scrubber.ts'
import { StepLog } from './step-log.ts'

function openLog(secret = 'topsecret') {
  const sink = new RecordingSink('/nowhere')
  return { log: new StepLog(sink, 1, new SecretScrubber({ A: secret })), shown: sink.step(1) }
}

const mebibyte = 1024 * 1024

test('a program that floods the log is cut, and what dbt says still follows', async () => {
  const { log, shown } = openLog()
  const lines = `${'x'.repeat(1023)}\n`.repeat(64)
  for (let count = 0; count < 300; count++) log.write('console', lines)
  expect([log.isCut('console'), log.isCut('debug')]).toEqual([true, false])
  log.writeEvent('console', '06:58:38  ', 'Done. topsecret')
  log.say('A sentence.')
  await log.end()
  expect(shown.console.length).toBeLessThan(16.1 * mebibyte)
  expect(shown.console).toMatch(
    /x\nThe log is cut here: it is longer than 16 MiB\. What dbt itself says follows\.\n06:58:38 {2}Done\. \*{5}\nA sentence\.\n$/,
  )
})

test('what dbt says is bounded, too', async () => {
  const { log, shown } = openLog()
  for (let count = 0; count < 60; count++) log.writeEvent('console', '', 'x'.repeat(mebibyte - 1))
  log.say('A sentence.')
  await log.end()
  expect(shown.console.length).toBeLessThan(50.1 * mebibyte)
  expect(shown.console).toMatch(/x\nThe log is cut here: it is longer than 50 MiB.\nA sentence.\n$/)
})

test('a secret of several lines goes, however its lines are handed in', async () => {
  const { log, shown } = openLog('a b\nc d\ne f')
  for (const line of ['before', 'a b', 'c d', 'e f', 'after']) log.writeLine('console', line)
  await log.end()
  expect(shown.console).toBe('before\n*****\nafter\n')
})

test('of a line that is too long the begin is shown, without half a secret', async () => {
  const { log, shown } = openLog()
  log.writeLine('console', `${'x'.repeat(mebibyte - 3)}topsecret and more`)
  log.writeEvent('console', '', `${'y'.repeat(mebibyte)}topsecret`)
  await log.end()
  expect(shown.console).toBe(`${'x'.repeat(mebibyte - 3)}***** … (line cut)\n${'y'.repeat(mebibyte)} … (line cut)\n`)
})
