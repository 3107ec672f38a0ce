import type { FollowedRun, FollowedStep } from '../../client/run-api.ts'
import { terminalText } from '../output/terminal-text.ts'
import { type Display, plainDisplay } from './display.ts'
import { RunView } from './run-view.ts'

let shown: string[]
let view: RunView
beforeEach(() => {
  shown = []
  const display: Display = {
    line: (text) => shown.push(terminalText(text, false)),
    activity: (text) => text !== undefined && shown.push(`… ${text}`),
    stop() {},
  }
  view = new RunView(display)
})

function look(status: number, steps: Partial<FollowedStep>[], blockedBy: number[] = []): string[] {
  const from = shown.length
  const run: FollowedRun = {
    id: 7,
    status,
    status_message: null,
    href: '',
    blocked_by: blockedBy,
    run_steps: steps.map((step, position) => ({
      index: position + 1,
      name: `step ${position + 1}`,
      status: 1,
      logs: '',
      started_at: '2026-01-01 00:00:00.000000+00:00',
      finished_at: null,
      ...step,
    })),
  }
  view.show(run)
  return shown.slice(from)
}

test('a queued run says what it waits for', () => {
  expect(look(1, [{}], [4, 5, 6, 8])).toEqual(['… Queued behind run 4, 5, 6, …'])
  expect(look(1, [{}])).toEqual(['… Queued'])
  expect(look(2, [{}])).toEqual(['… Starting'])
})

test('each look shows only the whole lines that are new, and the rest when the step ends', () => {
  expect(look(3, [{ status: 3, logs: 'one\ntw' }])).toEqual(['… step 1', '  one', '… step 1'])
  expect(look(3, [{ status: 3, logs: 'one\ntwo\n\nthr' }])).toEqual(['… step 1', '  two', '', '… step 1'])
  const finished_at = '2026-01-01 00:00:02.500000+00:00'
  const last = { status: 20, logs: 'one\ntwo\n\nthree', finished_at }
  expect(look(20, [last])).toEqual(['  three', '✖ step 1 (2.5s)'])
  expect(look(20, [last])).toEqual([])
})

test('steps that began and ended between two looks are shown in order', () => {
  const finished_at = '2026-01-01 00:01:05.000000+00:00'
  const steps = [{ status: 10, logs: 'a\n', finished_at }, { status: 3, logs: '' }, { status: 1 }]
  expect(look(3, steps)).toEqual(['  a', '✔ step 1 (1m 05s)', '… step 2', '… step 2'])
})

test('a cancelled run whose step is still ending announces it once, however often it is looked at', () => {
  const written: string[] = []
  const plain = new RunView(plainDisplay({ write: (text) => written.push(text) }))
  const step = { index: 1, name: 'dbt build', status: 3, logs: '', started_at: '2026-01-01 00:00:00.000000+00:00' }
  const run = { id: 7, status_message: null, href: '', blocked_by: [], run_steps: [{ ...step, finished_at: null }] }
  for (const status of [3, 3, 30, 30, 30]) plain.show({ ...run, status })
  expect(written).toEqual(['dbt build\n'])
})

test('one step alone, and dbt’s own log, are shown when they are asked for', () => {
  const written: string[] = []
  const display = plainDisplay({ write: (text) => written.push(text) })
  const times = { started_at: '2026-01-01 00:00:00.000000+00:00', finished_at: '2026-01-01 00:00:01.000000+00:00' }
  const steps = ['first', 'second'].map((name, position) => {
    return {
      index: position + 1,
      name,
      status: 10,
      logs: `log of ${name}\n`,
      debug_logs: `debug of ${name}\n`,
      ...times,
    }
  })
  const run = { id: 7, status: 10, status_message: null, href: '', blocked_by: [], run_steps: steps }
  new RunView(display, { step: 2, debug: true }).show(run)
  expect(written).toEqual(['  debug of second\n', '✔ second (1.0s)\n'])
})
