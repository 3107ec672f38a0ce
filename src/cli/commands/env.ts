import path from 'node:path'
import { ApiClient } from '../../client/api-client.ts'
import { findLocalServer } from '../../client/find-local-server.ts'
import { findServer } from '../../client/find-server.ts'
import { userDataDir } from '../../config/config.ts'
import { readEnv } from '../../config/env.ts'
import type { Env } from '../../config/env-variables.ts'
import { airflowConnection } from '../../server/ready.ts'
import { keepBundle } from '../airflow/keep-bundle.ts'
import { keepToken } from '../airflow/keep-token.ts'
import { flagValues } from '../flags.ts'
import { printNote } from '../output/terminal.ts'
import { shellExports } from '../shell-exports.ts'

/** `stratus env`: what a shell needs so that Airflow and Python talk to the server. */
export async function env(options: Readonly<Record<string, unknown>>): Promise<void> {
  const variables = readEnv(flagValues(options))
  // Not by `print`: a shell reads every character of it.
  process.stdout.write(`${shellExports(await exportsFor(variables))}\n`)
}

async function exportsFor(variables: Env): Promise<Record<string, string>> {
  const local = variables.STRATUS_URL === undefined ? await findLocalServer(variables, process.cwd()) : undefined
  const bundle = local?.ready.ca_bundle_file ?? undefined
  const server = await findServer(variables, process.cwd())
  if (server.note !== undefined) printNote(server.note)
  // A server for development has made Airflow a token.
  if (local?.ready.token !== undefined && local.ready.token === server.token) {
    return { AIRFLOW_CONN_DBT_CLOUD_DEFAULT: local.ready.airflow_connection, ...trust(bundle) }
  }
  using client = new ApiClient(server)
  const folder = path.join(userDataDir(variables), 'clients')
  const { token, note } = await keepToken(client, server, folder)
  printNote(note)
  const { STRATUS_CA_FILE: caFile, SSL_CERT_FILE: systemCaFile } = variables
  const own = caFile === undefined ? bundle : await keepBundle(folder, { url: server.url, caFile, systemCaFile })
  return {
    AIRFLOW_CONN_DBT_CLOUD_DEFAULT: airflowConnection(server.url, await client.accountId(), token),
    ...trust(own),
  }
}

/** Requests reads the one variable, the rest of Python reads the other. */
function trust(caBundle: string | undefined): Record<string, string> {
  return caBundle === undefined ? {} : { REQUESTS_CA_BUNDLE: caBundle, SSL_CERT_FILE: caBundle }
}
