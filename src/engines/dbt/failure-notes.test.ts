import { parseEvent } from './dbt-event.ts'
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
  expect(notes.failedNodes).toEqual([{ uniqueId: 'test.p.t', name: 't', resourceType: 'test', path: 'models/s.yml' }])
})

test('however many nodes fail, only so many are remembered', () => {
  const events = Array.from({ length: 300 }, (_, n) => ({
    name: 'LogModelResult',
    data: { node_info: { unique_id: `model.p.${n}`, node_status: 'error' } },
  }))
  expect(notesOf(events).failedNodes).toHaveLength(100)
})
