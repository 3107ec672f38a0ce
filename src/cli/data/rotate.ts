import { SetupError } from '../../domain/errors.ts'
import { rotateSecrets } from '../../secrets/rotate-secrets.ts'
import { openContext } from '../../server/open-context.ts'
import { print, printNote } from '../output/terminal.ts'
import { assertThere, type DataOptions, dataConfig } from './data-config.ts'

/** `stratus secrets rotate`: every stored secret under the first key of STRATUS_SECRET_KEY. */
export async function rotate(options: DataOptions): Promise<void> {
  const config = dataConfig(options)
  assertThere(config)
  await using ctx = await openContext(config)
  const { encrypted, unreadable, complete } = await rotateSecrets(ctx.db, ctx.secretBox)
  print(`Encrypted ${encrypted} secrets with the key ${ctx.secretBox.keyIds[0]}.`)
  for (const sentence of unreadable) printNote(sentence)
  if (!complete) {
    throw new SetupError(
      'Some secrets still need another key: keep it. A server encrypts with it first, or a secret is unreadable; ' +
        'put the new key first on all servers, give again what cannot be read, and run this again.',
    )
  }
  print('No stored secret needs another key: the older ones may go from STRATUS_SECRET_KEY.')
}
