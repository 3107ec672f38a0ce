import { glossary } from './glossary.ts'

const entries = Object.entries(glossary)

test.each(entries)('%s is explained in whole sentences', (_, meaning) => {
  expect(meaning).toMatch(/^[A-Z].*\.$/)
  expect(meaning).not.toMatch(/^(Of|As|What|All|Whose|Who|Whether)\b/)
})

test('the glossary avoids the words that are not ours', () => {
  const text = entries.map(([word, meaning]) => `${word} ${meaning}`.replaceAll('service token', '')).join('\n')
  expect(text).not.toMatch(/\b(tasks?|services?)\b/i)
})
