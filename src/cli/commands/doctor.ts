import os from 'node:os'
import path from 'node:path'
import { findOwnServer } from '../../client/find-local-server.ts'
import { runningServers } from '../../client/running-servers.ts'
import { loadConfig, runningServersDir } from '../../config/config.ts'
import { readEnv } from '../../config/env.ts'
import { loadDocument } from '../../definitions/stratus-yml/read/load-document.ts'
import { AppError } from '../../domain/errors.ts'
import { allowedBy } from '../../server/allowed-by.ts'
import { checkAirflow } from '../doctor/check-airflow.ts'
import { checkDatabase } from '../doctor/check-database.ts'
import { checkDbt } from '../doctor/check-dbt.ts'
import { checkDisk, checkGit, checkNode } from '../doctor/check-machine.ts'
import { checkPort } from '../doctor/check-port.ts'
import { checkSecrets, checkSeparation } from '../doctor/check-separation.ts'
import { checkStore } from '../doctor/check-store.ts'
import { checkTls } from '../doctor/check-tls.ts'
import type { Finding } from '../doctor/finding.ts'
import { flagValues } from '../flags.ts'
import { paint } from '../output/colours.ts'
import { print } from '../output/terminal.ts'

/** Runs `stratus doctor [DIR]` or `stratus doctor --airflow`. Answers the exit code: 1 when something fails. */
export async function doctor(dir: string, options: Readonly<Record<string, unknown>>): Promise<number> {
  const findings = options.airflow === true ? await examineAirflow(options) : await examineServer(dir, options)
  for (const finding of findings) print(describe(finding))
  const failures = findings.filter(({ level }) => level === 'fail').length
  const warnings = findings.filter(({ level }) => level === 'warn').length
  print(failures + warnings === 0 ? '\nAll is well.' : `\n${failures} failed, ${warnings} to look at.`)
  return failures > 0 ? 1 : 0
}

function examineAirflow({ python, connId }: Readonly<Record<string, unknown>>): Promise<Finding[]> {
  return checkAirflow(process.env, {
    ...(typeof python === 'string' && { python }),
    ...(typeof connId === 'string' && { connectionId: connId }),
  })
}

async function examineServer(dir: string, options: Readonly<Record<string, unknown>>): Promise<Finding[]> {
  const flags = flagValues(options)
  const config = loadConfig({ mode: 'dev', flags, projectDir: dir, ...(await allowedIn(dir)) })
  const env = readEnv(flags)
  const running = (await findOwnServer(env, dir))?.ready
  const others = await runningServers(runningServersDir(env))
  const findings = await Promise.all([
    checkNode(),
    checkGit(),
    checkDbt(dir, process.env),
    checkDatabase(config.database, running),
    checkDisk(config.dataDir),
    checkStore(config.artifacts),
    checkSeparation(config.engine),
    checkSecrets(process.env),
    checkPort(config.host, running && flags.STRATUS_PORT === undefined ? running.port : config.port, running, others),
    checkTls(env.STRATUS_URL ?? running?.url, process.env),
  ])
  return findings.flat()
}

/** Reads the document as `dev` would; another check finds what is wrong with it. */
async function allowedIn(dir: string) {
  try {
    const { document } = await loadDocument(path.resolve(dir), { environment: process.env, home: os.homedir() })
    return { allowed: allowedBy(dir, document) }
  } catch (error) {
    if (error instanceof AppError) return {}
    throw error
  }
}

const colourOf = { ok: 'green', warn: 'yellow', fail: 'red' } as const

/** More lines of one finding stand below its first. */
function describe({ level, subject, detail, cure }: Finding): string {
  const line = `${paint(colourOf[level], level.padEnd(4))}  ${subject}: ${detail.replaceAll('\n', '\n      ')}`
  return cure === undefined ? line : `${line}\n      → ${cure}`
}
