import os from 'node:os'
import path from 'node:path'
import { presentPlan } from '../../api/stratus/present-plan.ts'
import { type Config, loadConfig } from '../../config/config.ts'
import { unknownVariables } from '../../config/unknown-variables.ts'
import { machinePolicy } from '../../context/machine-policy.ts'
import type { AppContext } from '../../context.ts'
import { applyDocument } from '../../definitions/stratus-yml/apply/apply-document.ts'
import { loadDocument } from '../../definitions/stratus-yml/read/load-document.ts'
import { AppError, SetupError } from '../../domain/errors.ts'
import { describeSeparation } from '../../engines/dbt/users/separation.ts'
import { configureLogging, serverLogger } from '../../logger.ts'
import { allowedBy } from '../../server/allowed-by.ts'
import { ensureDevTokens } from '../../server/dev-tokens.ts'
import { ensureAccount } from '../../server/ensure-account.ts'
import { type Prepared, runServer } from '../../server/run-server.ts'
import { templateFile } from '../../server/template-file.ts'
import { authenticateToken } from '../../tokens/authenticate-token.ts'
import { createSignInCode } from '../../tokens/sessions.ts'
import { describeLeftOut, describeWarnings } from '../describe-plan.ts'
import { describeSchedules } from '../describe-schedules.ts'
import { describeServer } from '../describe-server.ts'
import { flagValues } from '../flags.ts'
import { print, printNote } from '../output/terminal.ts'

/** It is for the first look of a day at the pages; a session lasts for hours. */
const signInSeconds = 24 * 3600

interface DevOptions extends Readonly<Record<string, unknown>> {
  readonly schedules: boolean
}

type LoadedDocument = Awaited<ReturnType<typeof loadDocument>>

/** Runs `stratus dev [DIR]`, which is everything for a laptop in one process. */
export async function dev(dir: string, options: DevOptions, installDir: string): Promise<void> {
  const startedAt = performance.now()
  const flags = flagValues(options)
  const loaded = await loadDocument(path.resolve(dir), { environment: process.env, home: os.homedir() })
  const config = loadConfig({
    mode: 'dev',
    flags,
    projectDir: dir,
    schedules: options.schedules,
    allowed: allowedBy(dir, loaded.document),
    ...templateFile(installDir),
  })
  configureLogging({ level: config.logLevel, fd: 2, format: process.stderr.isTTY ? 'people' : 'json' })
  for (const { name, nearest } of unknownVariables()) serverLogger.warn({ variable: name, nearest }, 'unknown variable')
  let notices: string[] = []
  await runServer(config, {
    migrate: true,
    async prepare(ctx) {
      const prepared = await prepare(ctx, config, loaded)
      notices = await describeSchedules(ctx, prepared.accountId)
      return prepared
    },
    onReady(ready, { signInCode }, separation) {
      const apart = separation === undefined ? [] : ['', describeSeparation(separation).text]
      const said = { notices: [...notices, ...apart], signInCode }
      print(describeServer(ready, config, performance.now() - startedAt, said))
    },
    onStopping: () => print('Stopping …'),
  })
}

async function prepare(ctx: AppContext, config: Config, { document, locate }: LoadedDocument): Promise<Prepared> {
  const accountId = document.account?.id ?? config.accountId
  await ensureAccount(ctx, accountId)
  const policy = { ...machinePolicy(config), unrestricted: true }
  try {
    const plan = presentPlan(
      await applyDocument({ db: ctx.db, secretBox: ctx.secretBox, policy }, document, { accountId }),
    )
    for (const line of [...describeWarnings(plan, locate), ...plan.left_out.map(describeLeftOut)]) printNote(line)
  } catch (error) {
    if (error instanceof AppError) throw new SetupError(locate(error.message), { cause: error })
    throw error
  }
  const tokens = await ensureDevTokens(ctx, accountId)
  const admin = await authenticateToken(ctx, tokens.admin)
  return {
    accountId,
    adminToken: tokens.admin,
    airflowToken: tokens.airflow,
    ...(admin && { signInCode: await createSignInCode(ctx.db, admin.id, signInSeconds) }),
  }
}
