import type { Db } from '../db/database.ts'
import { SetupError } from '../domain/errors.ts'
import { agreeOnKeys, findFirstKey, type KeyOrigin } from './agree-on-keys.ts'
import { keyFileOf, readKey, readOrCreateKeyFile } from './key-file.ts'
import { createSecretBox, type SecretBox } from './secret-box.ts'

export interface KeySource {
  /** The keys come from STRATUS_SECRET_KEY; without one, the file in the data folder is used. */
  readonly secretKeys: readonly string[]
  readonly dataDir: string
  /** This machine's name, for the sentence that another one is refused with. */
  readonly machine: string
}

/**
 * Opens the secrets of this database. Throws a SetupError when the keys of this process are others than those that the stored
 * ones are, or will be, encrypted with: its runs would fail, having been taken from workers whose keys are right.
 */
export async function openSecretBox(db: Db, { secretKeys, dataDir, machine }: KeySource): Promise<SecretBox> {
  const file = keyFileOf(dataDir)
  const own: KeyOrigin = { machine, file: secretKeys.length > 0 ? null : file }
  if (secretKeys.length === 0 && (await readKey(file)) === undefined) {
    const first = await findFirstKey(db)
    // No key is made: once the right one was copied here, it would have to be removed again.
    if (first !== undefined) throw new SetupError(`There is no secret key here. ${cure(own, first, dataDir)}`)
  }
  const box = createSecretBox(secretKeys.length > 0 ? secretKeys : [await readOrCreateKeyFile(dataDir)])
  const agreement = await agreeOnKeys(db, box.keyIds, own)
  if (agreement.agreed) return box
  const given = own.file === null ? 'STRATUS_SECRET_KEY lacks a key' : `The key in ${file} is not the one`
  throw new SetupError(
    `${given} that secrets of this database are encrypted with. ${cure(own, agreement.first, dataDir)}`,
  )
}

function cure(own: KeyOrigin, first: KeyOrigin | null, dataDir: string): string {
  const all = 'All servers and workers need the same'
  const rotation = own.file === null ? ' To change it, put the new key before the old one, separated by a comma.' : ''
  if (first === null) return `${all}: set STRATUS_SECRET_KEY as it was when those secrets were given.${rotation}`
  if (first.file === null) {
    return `${all}: set STRATUS_SECRET_KEY as it is on ${first.machine}, which had it first.${rotation}`
  }
  return (
    `${all}: copy ${first.file} of ${first.machine}, which started first, to ${keyFileOf(dataDir)}, ` +
    `or set STRATUS_SECRET_KEY to what it holds.${rotation}`
  )
}
