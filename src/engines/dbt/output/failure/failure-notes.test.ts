import { parseEvent } from '../log/dbt-event.ts'
import { FailureNotes } from './failure-notes.ts'

function notesOf(events: readonly { name: string; level?: string; msg?: string; data?: object }[]): FailureNotes {
  const notes = new FailureNotes()
  for (const { data = {}, ...info } of events) {
    const general = { level: 'info', msg: '', ts: '2026-11-21T06:58:38.683493Z', invocation_id: 'i' }
    const event = parseEvent(JSON.stringify({ data, info: { ...general, ...info } }))
    if (event) notes.hear(event)
  }
  return notes
}

test('the version is known without its operator', () => {
  expect(notesOf([{ name: 'MainReportVersion', data: { version: '=1.11.16' } }]).version).toBe('1.11.16')
})

test('a version in which dbt has hidden a secret is none', () => {
  expect(notesOf([{ name: 'MainReportVersion', data: { version: '=*****.11.16' } }]).version).toBeUndefined()
})

test('what ended the invocation goes before other errors, in one line', () => {
  const notes = notesOf([
    { name: 'MainEncounteredError', level: 'error', data: { exc: 'Parsing Error\n  in a.yml\n  line 3' } },
    { name: 'Note', level: 'error', msg: 'later' },
  ])
  expect(notes.fatal).toBe('Parsing Error: in a.yml')
})

test('a node keeps the path of its file, as far as an event tells it', () => {
  const node_info = { unique_id: 'test.p.t', node_name: 't', resource_type: 'test', node_path: 't.sql' }
  const notes = notesOf([
    { name: 'LogTestResult', data: { node_info: { ...node_info, node_status: 'pass', unique_id: 'test.p.ok' } } },
    { name: 'LogTestResult', data: { node_info: { ...node_info, node_status: 'fail' } } },
    { name: 'RunResultFailure', data: { path: 'models/s.yml', node_info: { ...node_info, node_status: 'None' } } },
  ])
  const failed = { uniqueId: 'test.p.t', name: 't', resourceType: 'test', path: 'models/s.yml', status: 'fail' }
  expect(notes.failedNodes).toEqual([{ ...failed, reason: '' }])
})

test('however many nodes fail, only so many are remembered', () => {
  const events = Array.from({ length: 300 }, (_, n) => ({
    name: 'LogModelResult',
    data: { node_info: { unique_id: `model.p.${n}`, node_status: 'error' } },
  }))
  expect(notesOf(events).failedNodes).toHaveLength(100)
})

test('the reason comes from the event that follows, from the result itself, or from the operation', () => {
  const node = (name: string) => ({ unique_id: `model.p.${name}`, node_name: name, resource_type: 'model' })
  const notes = notesOf([
    { name: 'LogModelResult', data: { node_info: { ...node('a'), node_status: 'error' } } },
    {
      name: 'NodeFinished',
      data: { node_info: { ...node('b'), node_status: 'error' }, run_result: { message: 'full' } },
    },
    {
      name: 'RunResultError',
      level: 'error',
      msg: '  No table',
      data: { node_info: { ...node('a'), node_status: 'None' } },
    },
    { name: 'RunningOperationCaughtError', level: 'error', data: { exc: 'Compilation Error in macro m\n  no grants' } },
  ])
  expect(notes.failedNodes.map(({ name, reason }) => [name, reason])).toEqual([
    ['a', '  No table'],
    ['b', 'full'],
  ])
  expect(notes.operation).toBe('Compilation Error in macro m\n  no grants')
})

test('a hook that failed is no interrupt, though dbt calls both by one name', () => {
  const summary = { name: 'EndOfRunSummary', data: { keyboard_interrupt: true } }
  expect(notesOf([summary]).isInterrupted).toBe(true)
  const interrupted = {
    name: 'MainEncounteredError',
    level: 'error',
    msg: 'Encountered an error:\n',
    data: { exc: '' },
  }
  expect(notesOf([summary, interrupted]).isInterrupted).toBe(true)
  const failed = { name: 'MainEncounteredError', level: 'error', data: { exc: 'Runtime Error\n  Catalog Error' } }
  expect(notesOf([summary, failed]).isInterrupted).toBe(false)
})
