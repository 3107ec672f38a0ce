import { mkdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import type { ReadyFile } from '../client/ready-file.ts'
import { forgetServer, noteServer } from '../client/running-servers.ts'
import type { Config } from '../config/config.ts'
import { serverLogger } from '../logger.ts'
import { writeFileAtomically } from '../util/files/write-file-atomically.ts'

type Files = Pick<Config, 'dataDir' | 'readyFile' | 'projectDir' | 'serversDir'>

function readyFiles({ dataDir, readyFile }: Pick<Files, 'dataDir' | 'readyFile'>): string[] {
  return [path.join(dataDir, 'ready.json'), ...(readyFile === undefined ? [] : [readyFile])]
}

/** Says to scripts and to our own commands that requests are answered. It may hold tokens: only its owner reads it. */
export async function writeReadyFiles(config: Files, ready: ReadyFile): Promise<void> {
  const { serversDir, dataDir, projectDir = null } = config
  await noteServer(serversDir, { dataDir, projectDir }).catch((err: unknown) => {
    // A service may have no home folder; its commands are told where it is.
    serverLogger.debug({ err, serversDir }, 'commands in other folders will not find this server')
  })
  for (const file of readyFiles(config)) {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
    await writeFileAtomically(file, `${JSON.stringify(ready, null, 2)}\n`, 0o600)
  }
}

/** Removes our own; another server may have written there meanwhile. */
export async function removeReadyFiles(config: Files): Promise<void> {
  await forgetServer(config.serversDir, config.dataDir)
  for (const file of readyFiles(config)) {
    const content = await readFile(file, 'utf8').catch(() => '')
    if (content.includes(`"pid": ${process.pid},`)) await rm(file, { force: true })
  }
}

/** Gives the value of Airflow's AIRFLOW_CONN_…; the password is a token. */
export function airflowConnection(url: string, accountId: number, password: string | undefined): string {
  const fields = [
    ['conn_type', 'dbt_cloud'],
    ['host', new URL(url).host],
    ['login', String(accountId)],
    ...(password === undefined ? [] : [['password', password]]),
  ]
  return `{${fields.map((pair) => pair.map((text) => JSON.stringify(text)).join(': ')).join(', ')}}`
}
