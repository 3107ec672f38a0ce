import { SetupError } from '../../../domain/errors.ts'
import { type LoadedDocument, parseDocumentText } from './read-document.ts'

const options = { environment: { WAREHOUSE_PASSWORD: 'hunter2', EMPTY: '' }, home: '/home/ada' }

function read(text: string): LoadedDocument {
  return parseDocumentText(text, 'stratus.yml', options)
}

function mistakesOf(text: string): string[] {
  try {
    read(text)
  } catch (error) {
    if (error instanceof SetupError) return error.message.split('\n')
    throw error
  }
  throw new Error('No mistake was found.')
}

test('anchors, aliases and merges work, and mistakes in them have a place', () => {
  const text = `projects:
  - name: P
    path: a
    environments:
      - name: E
        jobs:
          - &base { name: One, execute_steps: [dbt build], settings: { threads: 4 } }
          - { <<: *base, name: Two }
`
  const jobs = read(text).document.projects[0]?.environments?.[0]?.jobs
  expect(jobs?.map((job) => [job.name, job.settings?.threads])).toEqual([
    ['One', 4],
    ['Two', 4],
  ])
  expect(mistakesOf(text.replace('threads: 4', 'threads: x'))).toEqual([
    expect.stringMatching(/^stratus.yml:7:81: projects\[0\].environments\[0\].jobs\[0\].settings.threads/),
    expect.stringMatching(/^stratus.yml:7:81: projects\[0\].environments\[0\].jobs\[1\].settings.threads/),
  ])
})

test.each([
  ['projects: [', /^stratus.yml:1:\d+: /],
  ['', /^stratus.yml:1:1: got nothing, expected a mapping of keys to values/],
  ['- a', /got a list, expected a mapping/],
  ['projects: *nowhere', /^stratus.yml:1:1: .*nowhere/],
  ['projects: []\nprojects: []', /^stratus.yml:2:1: .*unique/],
  ['projects: !!js/function x', /^stratus.yml:1:\d+: /],
  ['projects: []\n---\nprojects: []', /^stratus.yml:2:\d+: /],
])('broken YAML %j is an error with its place', (text, message) => {
  expect(mistakesOf(text).join('\n')).toMatch(message)
})

test('aliases that multiply are refused at once', () => {
  const levels = Array.from(
    { length: 12 },
    (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level}, `.repeat(9)}*a${level}]`,
  )
  expect(mistakesOf(['a0: &a0 x', ...levels].join('\n')).join()).toMatch(/alias/i)
})
