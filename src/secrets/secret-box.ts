import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { SetupError } from '../domain/errors.ts'
import { isStrongKey, strongKeyExpected } from '../util/strong-key.ts'
import type { SecretPlace } from './secret-place.ts'

export interface SecretBox {
  /** Stand in the ciphertexts, and tell nothing about the keys; the first one's key encrypts. */
  readonly keyIds: readonly string[]
  encrypt(text: string, place: SecretPlace): string
  /** Throws a SetupError when the key is unknown, or the ciphertext was damaged, or comes from another place. */
  decrypt(ciphertext: string, place: SecretPlace): string
}

/** Ciphertexts are written in this format. */
const version = 'v2'

interface DerivedKey {
  readonly id: string
  readonly key: Buffer
}

interface Sealed {
  readonly keyId: string
  readonly nonce: string
  readonly tag: string
  readonly data: string
}

/**
 * Encrypts with AES-256-GCM under the first of `keys`; decrypts what any of them encrypted.
 *
 * A ciphertext is `v2.<key id>.<nonce>.<tag>.<data>`, the last three in base64url. Version, key id and place are
 * authenticated with it.
 */
export function createSecretBox(keys: readonly string[]): SecretBox {
  const derived = keys.map(deriveKey)
  const byId = new Map(derived.map(({ id, key }) => [id, key]))
  return {
    keyIds: derived.map(({ id }) => id),
    encrypt(text, place) {
      const [newest] = derived
      // Not at start: who stores no secrets needs no key.
      if (newest === undefined) throw new SetupError('There is no key to encrypt secrets with. Set STRATUS_SECRET_KEY.')
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', newest.key, nonce).setAAD(bound(newest.id, place))
      const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      const parts = [nonce, cipher.getAuthTag(), data].map((part) => part.toString('base64url'))
      return [version, newest.id, ...parts].join('.')
    },
    decrypt(ciphertext, place) {
      const sealed = parse(ciphertext)
      if (sealed === undefined) {
        throw new SetupError(`${secretIn(place)} is damaged: it is not a ciphertext of Stratus. Give it again.`)
      }
      const key = byId.get(sealed.keyId)
      if (key === undefined) {
        throw new SetupError(
          `${secretIn(place)} was encrypted with a key that STRATUS_SECRET_KEY does not have. Add that key.`,
        )
      }
      try {
        return open(key, sealed, bound(sealed.keyId, place))
      } catch (cause) {
        throw new SetupError(`${secretIn(place)} is damaged, or was moved here from another place. Give it again.`, {
          cause,
        })
      }
    },
  }
}

/** Keys are random, not passwords, so that one fast hash is enough. */
function deriveKey(secret: string): DerivedKey {
  if (!isStrongKey(secret)) {
    throw new SetupError(`A key that encrypts secrets is too weak: it can be guessed. Expected ${strongKeyExpected}.`)
  }
  const derive = (purpose: string, length: number) => Buffer.from(hkdfSync('sha256', secret, '', purpose, length))
  return { id: derive('stratus key id', 6).toString('base64url'), key: derive('stratus secrets', 32) }
}

function bound(keyId: string, { column, row }: SecretPlace): Buffer {
  return Buffer.from(JSON.stringify([version, keyId, column, ...row]))
}

function parse(ciphertext: string): Sealed | undefined {
  const [format, keyId, nonce, tag, data] = ciphertext.split('.')
  if (format !== version || keyId === undefined) return undefined
  if (nonce === undefined || tag === undefined || data === undefined) return undefined
  return { keyId, nonce, tag, data }
}

function open(key: Buffer, { nonce, tag, data }: Sealed, authenticated: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), { authTagLength: 16 })
    .setAAD(authenticated)
    .setAuthTag(Buffer.from(tag, 'base64url'))
  return Buffer.concat([decipher.update(Buffer.from(data, 'base64url')), decipher.final()]).toString('utf8')
}

function secretIn({ column, row }: SecretPlace): string {
  return `The stored secret in ${column} (${row.filter((part) => part !== null).join(', ')})`
}
