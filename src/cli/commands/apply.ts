import os from 'node:os'
import { ApiClient } from '../../client/api-client.ts'
import { ApiError } from '../../client/api-error.ts'
import { sendDocument } from '../../client/apply-api.ts'
import { findServer } from '../../client/find-server.ts'
import { readEnv } from '../../config/env.ts'
import { SetupError } from '../../domain/errors.ts'
import { readDocument } from '../../projects/document/read-document.ts'
import { describePlan } from '../describe-plan.ts'
import { flagValues } from '../flags.ts'
import { print } from '../terminal.ts'

interface ApplyOptions extends Readonly<Record<string, unknown>> {
  readonly file: string
  readonly dryRun?: boolean
  readonly prune?: boolean
}

/** `stratus apply`: sends stratus.yml to the server and prints what that changes. */
export async function apply(options: ApplyOptions): Promise<void> {
  const { file, dryRun = false, prune = false } = options
  const { document, locate } = await readDocument(file, { environment: process.env, home: os.homedir() })
  const server = await findServer(readEnv(flagValues(options)), process.cwd())
  using client = new ApiClient(server)
  try {
    print(describePlan(await sendDocument(client, document, { dryRun, prune })))
  } catch (error) {
    if (error instanceof ApiError && error.status === 400) throw new SetupError(locate(error.message))
    throw error
  }
}
