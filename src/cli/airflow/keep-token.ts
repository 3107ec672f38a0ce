import { mkdir, readFile } from 'node:fs/promises'
import * as z from 'zod'
import { ApiClient } from '../../client/api-client.ts'
import { ApiError } from '../../client/api-error.ts'
import type { ServerAddress } from '../../client/find-server.ts'
import { createToken } from '../../client/token-api.ts'
import { writeFileAtomically } from '../../util/files/write-file-atomically.ts'
import { fileFor } from './keep-bundle.ts'

const dayMs = 24 * 60 * 60 * 1000
const lifeDays = 90
/** One that ends sooner is replaced, so that what is printed works for a while. */
const leastDays = 30

const kept = z.object({ id: z.number(), token: z.string(), expires_at: z.string() })
type KeptToken = z.infer<typeof kept>

/**
 * Airflow gets a token that may run jobs and nothing else. It is made with the caller's, once, and kept in `folder`;
 * a caller that may make no tokens has a small one already, and it is that.
 */
export async function keepToken(
  client: ApiClient,
  server: ServerAddress,
  folder: string,
): Promise<{ token: string; note: string }> {
  const file = fileFor(folder, `${server.url}/${await client.accountId()}`, 'token.json')
  const earlier = await readKept(file)
  if (earlier !== undefined && (await stillWorks(server, earlier)))
    return { token: earlier.token, note: describe(earlier) }
  try {
    const made = await makeToken(client)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFileAtomically(file, `${JSON.stringify(made)}\n`, 0o600)
    return { token: made.token, note: describe(made) }
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 403)) throw error
    return { token: server.token, note: 'The password is STRATUS_TOKEN itself: it may not make another one.' }
  }
}

async function makeToken(client: ApiClient): Promise<KeptToken> {
  const expires_at = new Date(Date.now() + lifeDays * dayMs).toISOString()
  const grants = [{ permission_set: 'job_runner', project_ids: null }]
  const { id, token } = await createToken(client, { name: 'Airflow (stratus env)', grants, expires_at })
  return { id, token, expires_at }
}

function describe({ id, expires_at: end }: KeptToken): string {
  return `The password is token ${id}, which may run jobs and nothing else, until ${end.slice(0, 10)}.`
}

async function stillWorks(server: ServerAddress, { token, expires_at: end }: KeptToken): Promise<boolean> {
  if (Date.parse(end) - Date.now() < leastDays * dayMs) return false
  const { url, ca } = server
  using client = new ApiClient({ url, token, ...(ca && { ca }) })
  try {
    await client.accountId()
    return true
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return false // revoked, or of another database
    throw error
  }
}

async function readKept(file: string): Promise<KeptToken | undefined> {
  try {
    return kept.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return undefined // the first time, or not ours
  }
}
