import { testKey } from '../../test/support/test-key.ts'
import { createSecretBox } from './secret-box.ts'
import { placeInConnection, placeInCredentials, placeInEnvironment, placeInVariable } from './secret-place.ts'

const [oldKey, newKey] = [testKey('old'), testKey('new')]
const variable = { project_id: 1, environment_id: 2, job_id: null, name: 'DBT_ENV_SECRET_A' }
const place = placeInVariable(variable)

test('what was encrypted comes back, and never looks the same twice', () => {
  const box = createSecretBox([newKey])
  const first = box.encrypt('pässword\n', place)
  expect(first).not.toContain('pässword')
  expect(box.encrypt('pässword\n', place)).not.toBe(first)
  expect(box.decrypt(first, place)).toBe('pässword\n')
  expect(box.decrypt(box.encrypt('', place), place)).toBe('')
})

test('the first key encrypts and every key decrypts, so that keys can be replaced', () => {
  const ciphertext = createSecretBox([oldKey]).encrypt('s', place)
  const both = createSecretBox([newKey, oldKey])
  expect(both.decrypt(ciphertext, place)).toBe('s')
  expect(createSecretBox([newKey]).decrypt(both.encrypt('t', place), place)).toBe('t')
  expect(() => createSecretBox([newKey]).decrypt(ciphertext, place)).toThrow(/STRATUS_SECRET_KEY does not have/)
})

test('a changed ciphertext is refused, in whatever part', () => {
  const box = createSecretBox([newKey])
  const parts = box.encrypt('a secret of some length', place).split('.')
  for (const part of [2, 3, 4]) {
    const changed = parts.map((text, index) =>
      index === part ? `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}` : text,
    )
    expect(() => box.decrypt(changed.join('.'), place)).toThrow(/damaged/)
  }
  expect(() => box.decrypt([...parts.slice(0, 3), parts[3]?.slice(0, 6), parts[4]].join('.'), place)).toThrow(/damaged/)
  for (const other of ['plain text', ['v1', ...parts.slice(1)].join('.')]) {
    expect(() => box.decrypt(other, place)).toThrow(/is not a ciphertext of Stratus/)
  }
})

test.each([
  ['another project', placeInVariable({ ...variable, project_id: 3 })],
  ['another environment', placeInVariable({ ...variable, environment_id: 3 })],
  ['a job', placeInVariable({ ...variable, environment_id: null, job_id: 2 })],
  ['another name', placeInVariable({ ...variable, name: 'DBT_ENV_SECRET_B' })],
])('a ciphertext is of no use to %s', (_where, other) => {
  const box = createSecretBox([newKey])
  const ciphertext = box.encrypt('s', place)
  expect(() => box.decrypt(ciphertext, other)).toThrow(
    /^The stored secret in environment_variables\.ciphertext \(.*\) is damaged, or was moved here from another place\. Give it/,
  )
})

test('nor is it in another table', () => {
  const box = createSecretBox([newKey])
  const places = [placeInConnection, placeInCredentials, placeInEnvironment].map((of) => of({ id: 2, project_id: 1 }))
  for (const from of places) {
    for (const to of places.filter((each) => each !== from)) {
      expect(() => box.decrypt(box.encrypt('s', from), to)).toThrow(/moved here/)
    }
  }
})

test('no key, once one is needed, and weak keys are refused with what to do', () => {
  expect(() => createSecretBox([]).encrypt('s', place)).toThrow(/Set STRATUS_SECRET_KEY/)
  for (const weak of [
    'short',
    'change-me-stratus-secret-key',
    'a pass phrase that somebody has thought up',
    'a'.repeat(64),
  ]) {
    expect(() => createSecretBox([newKey, weak])).toThrow(
      /too weak: .* 32 random bytes in base64 or hex .*openssl rand -base64 32/,
    )
  }
  createSecretBox([Buffer.from(newKey, 'base64').toString('hex')])
})
