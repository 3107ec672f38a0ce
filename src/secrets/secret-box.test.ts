import { createSecretBox } from './secret-box.ts'

const oldKey = 'an old key of sufficient length'
const newKey = 'a new key of sufficient length'

test('what was encrypted comes back, and never looks the same twice', () => {
  const box = createSecretBox([newKey])
  const first = box.encrypt('pässword\n')
  expect(first).not.toContain('pässword')
  expect(box.encrypt('pässword\n')).not.toBe(first)
  expect(box.decrypt(first)).toBe('pässword\n')
  expect(box.decrypt(box.encrypt(''))).toBe('')
})

test('the first key encrypts and every key decrypts, so that keys can be replaced', () => {
  const ciphertext = createSecretBox([oldKey]).encrypt('s')
  const both = createSecretBox([newKey, oldKey])
  expect(both.decrypt(ciphertext)).toBe('s')
  expect(createSecretBox([newKey]).decrypt(both.encrypt('t'))).toBe('t')
  expect(() => createSecretBox([newKey]).decrypt(ciphertext)).toThrow(/STRATUS_SECRET_KEY does not have/)
})

test('a changed ciphertext is refused, in whatever part', () => {
  const box = createSecretBox([newKey])
  const parts = box.encrypt('a secret of some length').split('.')
  for (const part of [2, 3, 4]) {
    const changed = parts.map((text, index) =>
      index === part ? `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}` : text,
    )
    expect(() => box.decrypt(changed.join('.'))).toThrow(/damaged/)
  }
  expect(() => box.decrypt([...parts.slice(0, 3), parts[3]?.slice(0, 6), parts[4]].join('.'))).toThrow(/damaged/)
  expect(() => box.decrypt('plain text')).toThrow(/damaged/)
})

test('no key, once one is needed, and short keys are refused with what to do', () => {
  expect(() => createSecretBox([]).encrypt('s')).toThrow(/Set STRATUS_SECRET_KEY/)
  expect(() => createSecretBox(['short'])).toThrow(/openssl rand/)
})
