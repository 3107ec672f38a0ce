import { readFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'
import type { AppContext } from '../context.ts'
import type { PermissionSet } from '../domain/permissions.ts'
import { authenticateToken } from '../tokens/authenticate-token.ts'
import { createToken } from '../tokens/create-token.ts'
import { writeFileAtomically } from '../util/files/write-file-atomically.ts'

const devTokens = z.object({
  /** Our own commands have it: it is an account admin's. */
  admin: z.string(),
  /** Airflow uses this one, which is a job admin's. */
  airflow: z.string(),
})
export type DevTokens = z.infer<typeof devTokens>

/** The two tokens of `stratus dev`, made at the first start and kept; one that was revoked is replaced. */
export async function ensureDevTokens(ctx: AppContext, accountId: number): Promise<DevTokens> {
  const file = path.join(ctx.config.dataDir, 'tokens.json')
  const kept = await readTokens(file)
  const tokens = {
    admin: await keepOrCreate(ctx, accountId, kept?.admin, { name: 'stratus dev', set: 'account_admin' }),
    airflow: await keepOrCreate(ctx, accountId, kept?.airflow, { name: 'Airflow', set: 'job_admin' }),
  }
  if (tokens.admin !== kept?.admin || tokens.airflow !== kept.airflow) {
    await writeFileAtomically(file, `${JSON.stringify(tokens, null, 2)}\n`, 0o600)
  }
  return tokens
}

async function keepOrCreate(
  ctx: AppContext,
  accountId: number,
  kept: string | undefined,
  { name, set }: { name: string; set: PermissionSet },
): Promise<string> {
  const row = kept === undefined ? undefined : await authenticateToken(ctx, kept)
  if (kept !== undefined && row?.account_id === accountId) return kept
  const { token } = await createToken(ctx, { accountId, name, grants: [{ permission_set: set, project_ids: null }] })
  return token
}

async function readTokens(file: string): Promise<DevTokens | undefined> {
  try {
    return devTokens.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return undefined // a first start, or a file that nobody can use
  }
}
