import { type Config, loadConfig } from '../../config/config.ts'
import { unknownVariables } from '../../config/unknown-variables.ts'
import type { AppContext } from '../../context.ts'
import { configureLogging, serverLogger } from '../../logger.ts'
import { ensureAccount } from '../../server/ensure-account.ts'
import { type Prepared, runServer } from '../../server/run-server.ts'
import { templateFile } from '../../server/template-file.ts'
import { ensureToken } from '../../tokens/create-token.ts'
import { flagValues } from '../flags.ts'

interface ServeOptions extends Readonly<Record<string, unknown>> {
  readonly embedded?: boolean
  readonly worker: boolean
  readonly migrate?: boolean
}

/** Runs `stratus serve`, the server for production. */
export async function serve(options: ServeOptions, installDir: string): Promise<void> {
  const config = loadConfig({
    mode: 'serve',
    flags: flagValues(options),
    embedded: options.embedded ?? false,
    worker: options.worker,
    ...templateFile(installDir),
  })
  configureLogging({ level: config.logLevel, fd: 1, format: process.stdout.isTTY ? 'people' : 'json' })
  for (const { name, nearest } of unknownVariables()) serverLogger.warn({ variable: name, nearest }, 'unknown variable')
  await runServer(config, {
    migrate: options.migrate ?? false,
    prepare: (ctx) => prepare(ctx, config),
    onReady() {},
    onStopping() {},
  })
}

async function prepare(ctx: AppContext, { accountId, secrets }: Config): Promise<Prepared> {
  await ensureAccount(ctx, accountId)
  if (secrets.adminToken !== undefined) {
    await ensureToken(ctx, {
      accountId,
      name: 'STRATUS_ADMIN_TOKEN',
      grants: [{ permission_set: 'account_admin', project_ids: null }],
      token: secrets.adminToken,
    })
  }
  return { accountId }
}
