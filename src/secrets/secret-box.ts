import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { SetupError } from '../domain/errors.ts'

export interface SecretBox {
  /** Stand in the ciphertexts, and tell nothing about the keys; the first one's key encrypts. */
  readonly keyIds: readonly string[]
  encrypt(text: string): string
  /** Throws a SetupError when the key is unknown, or the ciphertext was damaged. */
  decrypt(ciphertext: string): string
}

interface DerivedKey {
  readonly id: string
  readonly key: Buffer
}

/**
 * Encrypts with AES-256-GCM under the first of `keys`; decrypts what any of them encrypted.
 *
 * A ciphertext is `v1.<key id>.<nonce>.<tag>.<data>`, the last three in base64url.
 */
export function createSecretBox(keys: readonly string[]): SecretBox {
  const derived = keys.map(deriveKey)
  const byId = new Map(derived.map(({ id, key }) => [id, key]))
  return {
    keyIds: derived.map(({ id }) => id),
    encrypt(text) {
      const [newest] = derived
      // Not at start: who stores no secrets needs no key.
      if (newest === undefined) throw new SetupError('There is no key to encrypt secrets with. Set STRATUS_SECRET_KEY.')
      return encrypt(newest, text)
    },
    decrypt: (ciphertext) => decrypt(byId, ciphertext),
  }
}

/** Keys are random text, not passwords, so that one fast hash is enough. */
function deriveKey(secret: string): DerivedKey {
  if (secret.length < 16) {
    throw new SetupError('A key in STRATUS_SECRET_KEY is too short. Make one with: openssl rand -base64 32')
  }
  const derive = (purpose: string, length: number) => Buffer.from(hkdfSync('sha256', secret, '', purpose, length))
  return { id: derive('stratus key id', 6).toString('base64url'), key: derive('stratus secrets', 32) }
}

function encrypt({ id, key }: DerivedKey, text: string): string {
  const head = `v1.${id}`
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(head))
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return [head, ...[nonce, cipher.getAuthTag(), data].map((part) => part.toString('base64url'))].join('.')
}

function decrypt(keys: ReadonlyMap<string, Buffer>, ciphertext: string): string {
  const [version, id, nonce, tag, data] = ciphertext.split('.')
  if (version !== 'v1' || id === undefined || nonce === undefined || tag === undefined || data === undefined) {
    throw new SetupError('A stored secret is damaged: it is not a ciphertext of Stratus. Give it again.')
  }
  const key = keys.get(id)
  if (key === undefined) {
    throw new SetupError(
      'A stored secret was encrypted with a key that STRATUS_SECRET_KEY does not have. Add that key.',
    )
  }
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), { authTagLength: 16 })
      .setAAD(Buffer.from(`${version}.${id}`))
      .setAuthTag(Buffer.from(tag, 'base64url'))
    return Buffer.concat([decipher.update(Buffer.from(data, 'base64url')), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw new SetupError('A stored secret is damaged: its check value does not match. Give it again.', { cause })
  }
}
