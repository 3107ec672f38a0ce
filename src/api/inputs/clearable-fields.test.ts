import fc from 'fast-check'
import * as z from 'zod'
import { connectionDetails, credentialDetails } from '../connections/adapter-details.ts'
import { bodyBoolean, bodyInt, bodyText } from './body-values.ts'
import { bodyName, bodyOneOf, clearable, clearableId, clearableText, documentPart } from './clearable-fields.ts'
import { explainProblems } from './explain-problems.ts'

const fields = z.object({
  name: bodyName(),
  text: clearableText(100),
  id: clearableId(),
  word: bodyOneOf(['production', 'staging']),
  flag: bodyBoolean(),
  stratus: documentPart(z.strictObject({ engine: z.string().nullish() })),
  details: connectionDetails,
  credential_details: credentialDetails,
})

test('whatever comes, every field is read or refused with a sentence, and nothing is thrown', () => {
  fc.assert(
    fc.property(
      fc.record({ ...Object.fromEntries(Object.keys(fields.shape).map((key) => [key, fc.anything()])) }),
      (input) => {
        const parsed = fields.safeParse(input)
        if (parsed.success) return
        for (const sentence of Object.values(explainProblems(parsed.error, input))) {
          expect(sentence).toMatch(/^[A-Z].*[.!?]$/s)
          expect(sentence.length).toBeLessThan(1_000)
        }
      },
    ),
  )
})

test('what is storable text stays what it is; null and blank clear it; absent is absent', () => {
  const schema = clearableText()
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const storable = !text.includes('\u0000')
      const expected = text.trim() === '' ? null : text
      expect(schema.safeParse(text).data).toEqual(storable ? expected : text.trim() === '' ? null : undefined)
    }),
  )
  expect([schema.parse(null), schema.parse(undefined)]).toEqual([null, undefined])
})

test('numbers are read from text, within their bounds', () => {
  const schema = clearable(bodyInt(1, 1_000))
  fc.assert(
    fc.property(fc.integer(), (number) => {
      const expected = number >= 1 && number <= 1_000 ? number : undefined
      expect(schema.safeParse(number).data).toBe(expected)
      expect(schema.safeParse(` ${number} `).data).toBe(expected)
    }),
  )
})

test.each([
  [clearableId(), 'x', /Expected a whole number/],
  [bodyOneOf(['a', 'b']), 'c', /Expected one of a, b/],
  [bodyText(3), 'long', /at most 3/],
])('a wrong value is refused', (schema, value, sentence) => {
  expect(schema.safeParse(value).error?.issues[0]?.message).toMatch(sentence)
})

test('details are the same, plain or as a form has them', () => {
  const value = fc.oneof(fc.string({ unit: 'grapheme-ascii' }), fc.integer(), fc.boolean(), fc.constant(null))
  // zod leaves out a key `__proto__`, which no profile has.
  const key = fc.stringMatching(/^[a-z_]{1,10}$/).filter((name) => name !== '__proto__')
  const details = fc.dictionary(key, value)
  fc.assert(
    fc.property(details, (plain) => {
      const form = {
        fields: Object.fromEntries(Object.entries(plain).map(([name, each]) => [name, { metadata: {}, value: each }])),
      }
      expect(connectionDetails.parse({ connection_details: form, adapter_id: 3 })).toEqual({ ...plain })
      expect(connectionDetails.parse(form)).toEqual({ ...plain })
      expect(credentialDetails.parse(form)).toEqual({ ...plain })
      if (!('fields' in plain) && !('connection_details' in plain))
        expect(connectionDetails.parse(plain)).toEqual({ ...plain })
    }),
  )
})

test.each([
  [{ stratus: { credentials: { password: 'hush' } } }],
  [{ stratus: ['hush'] }],
  [{ details: ['hush'] }],
  [{ details: { password: ['hush'] } }],
  [{ credential_details: 'hush' }],
])('a refusal of %j does not repeat what may be secret', (input) => {
  const schema = z.object({
    stratus: documentPart(z.strictObject({ credentials: z.strictObject({ password: z.number() }) })),
    details: connectionDetails,
    credential_details: credentialDetails,
  })
  const parsed = schema.safeParse(input)
  expect(parsed.success).toBe(false)
  if (!parsed.success) expect(JSON.stringify(explainProblems(parsed.error, input))).not.toContain('hush')
})
