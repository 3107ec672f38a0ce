import path from 'node:path'
import { ApiClient } from '../../client/api-client.ts'
import { findLocalServer } from '../../client/find-local-server.ts'
import { findServer } from '../../client/find-server.ts'
import { readEnv } from '../../config/env.ts'
import type { Env } from '../../config/env-variables.ts'
import { flagValues } from '../flags.ts'
import { print } from '../output/terminal.ts'
import { airflowConnection } from '../server/ready.ts'
import { shellExports } from '../shell-exports.ts'

/** `stratus env`: what a shell needs so that Airflow and Python talk to the server. */
export async function env(options: Readonly<Record<string, unknown>>): Promise<void> {
  const variables = readEnv(flagValues(options))
  print(shellExports(await exportsFor(variables)))
}

async function exportsFor(variables: Env): Promise<Record<string, string>> {
  const local =
    variables.STRATUS_URL === undefined ? (await findLocalServer(variables, process.cwd()))?.ready : undefined
  if (local?.token !== undefined) {
    return {
      AIRFLOW_CONN_DBT_CLOUD_DEFAULT: local.airflow_connection,
      ...(local.ca_bundle_file !== null && trust(local.ca_bundle_file)),
    }
  }
  const server = await findServer(variables, process.cwd())
  using client = new ApiClient(server)
  const caBundle = variables.STRATUS_CA_FILE ?? local?.ca_bundle_file
  return {
    AIRFLOW_CONN_DBT_CLOUD_DEFAULT: airflowConnection(server.url, await client.accountId(), server.token),
    ...(caBundle && trust(path.resolve(caBundle))),
  }
}

/** requests reads the one, the rest of Python the other. */
function trust(caBundle: string): Record<string, string> {
  return { REQUESTS_CA_BUNDLE: caBundle, SSL_CERT_FILE: caBundle }
}
