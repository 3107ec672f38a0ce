import { ApiClient } from '../client/api-client.ts'
import { findServer } from '../client/find-server.ts'
import { readEnv } from '../config/env.ts'
import { flagValues } from './flags.ts'
import { printNote } from './output/terminal.ts'

/** A client of the server that a command is meant for. */
export async function openClient(options: Readonly<Record<string, unknown>>): Promise<ApiClient> {
  const server = await findServer(readEnv(flagValues(options)), process.cwd())
  if (server.note !== undefined) printNote(server.note)
  return new ApiClient(server)
}
