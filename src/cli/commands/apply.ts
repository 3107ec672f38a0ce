import os from 'node:os'
import { ApiError } from '../../client/api-error.ts'
import { sendDocument } from '../../client/apply-api.ts'
import { readDocument } from '../../definitions/stratus-yml/read/read-document.ts'
import { SetupError } from '../../domain/errors.ts'
import { describePlan, describeWarnings } from '../describe-plan.ts'
import { openClient } from '../open-client.ts'
import { print, printNote } from '../output/terminal.ts'

interface ApplyOptions extends Readonly<Record<string, unknown>> {
  readonly file: string
  readonly dryRun?: boolean
  readonly prune?: boolean
}

/** `stratus apply`: sends stratus.yml to the server and prints what that changes. */
export async function apply(options: ApplyOptions): Promise<void> {
  const { file, dryRun = false, prune = false } = options
  const { document, locate } = await readDocument(file, { environment: process.env, home: os.homedir() })
  using client = await openClient(options)
  try {
    const plan = await sendDocument(client, document, { dryRun, prune })
    for (const warning of describeWarnings(plan, locate)) printNote(warning)
    print(describePlan(plan))
  } catch (error) {
    if (error instanceof ApiError && error.status === 400) throw new SetupError(locate(error.message))
    throw error
  }
}
