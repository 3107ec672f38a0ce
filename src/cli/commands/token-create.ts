import * as z from 'zod'
import { createToken as requestToken, type TokenRequest } from '../../client/token-api.ts'
import { loadConfig } from '../../config/config.ts'
import { readEnv } from '../../config/env.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import { permissionSets } from '../../domain/permissions.ts'
import { ensureAccount } from '../../server/ensure-account.ts'
import { openContext } from '../../server/open-context.ts'
import { templateFile } from '../../server/template-file.ts'
import { createToken as writeToken } from '../../tokens/create-token.ts'
import { flagValues } from '../flags.ts'
import { openClient } from '../open-client.ts'
import { print, printNote } from '../output/terminal.ts'
import { wholeNumber } from '../whole-number.ts'

interface CreateOptions extends Readonly<Record<string, unknown>> {
  readonly name: string
  readonly permission?: readonly string[]
  readonly project?: readonly string[]
  readonly expires?: string
  readonly bootstrap?: boolean
}

const permissionSet = z.enum(permissionSets)
const dayMs = 24 * 60 * 60 * 1000

/** `stratus token create`: through the API, or with --bootstrap straight into the database of this machine. */
export async function createToken(options: CreateOptions, installDir: string): Promise<void> {
  const projectIds = options.project?.map((id) => wholeNumber('--project', id)) ?? null
  const sets = options.permission ?? ['job_admin']
  const grants = sets.map((set) => ({ permission_set: parseSet(set), project_ids: projectIds }))
  const days = options.expires === undefined ? undefined : wholeNumber('--expires', options.expires)
  const expiresAt = days === undefined ? undefined : new Date(Date.now() + days * dayMs)
  const { name } = options
  const token = options.bootstrap
    ? await bootstrap(options, installDir, { name, grants, ...(expiresAt && { expiresAt }) })
    : await request(options, { name, grants, ...(expiresAt && { expires_at: expiresAt.toISOString() }) })
  print(token)
  printNote('Keep it now: it is not printed again.')
}

async function request(options: CreateOptions, body: TokenRequest): Promise<string> {
  using client = await openClient(options)
  return (await requestToken(client, body)).token
}

type NewToken = Omit<Parameters<typeof writeToken>[1], 'accountId'>

async function bootstrap(options: CreateOptions, installDir: string, input: NewToken): Promise<string> {
  const embedded = readEnv(flagValues(options)).DATABASE_URL === undefined
  const config = loadConfig({ mode: 'serve', flags: flagValues(options), embedded, ...templateFile(installDir) })
  await using ctx = await openContext(config, { withoutSecrets: true })
  await ensureAccount(ctx, config.accountId)
  const { token } = await writeToken(ctx, { ...input, accountId: config.accountId })
  return token
}

function parseSet(text: string): z.infer<typeof permissionSet> {
  const parsed = permissionSet.safeParse(text)
  if (parsed.success) return parsed.data
  throw new InvalidRequestError(`--permission: got "${text}", expected one of ${permissionSets.join(', ')}.`)
}
