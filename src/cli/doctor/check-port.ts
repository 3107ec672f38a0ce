import net from 'node:net'
import type { ReadyFile } from '../../client/ready-file.ts'
import type { RunningServer } from '../../client/running-servers.ts'
import { errorCode } from '../../util/error-code.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** `others` are the servers of this user, whichever folder they serve. */
export async function checkPort(
  host: string,
  port: number,
  running: ReadyFile | undefined,
  others: readonly RunningServer[],
): Promise<Finding> {
  if (running?.port === port) return ok('port', `${port}, in use by the running server`)
  const code = await tryToListen(host, port)
  if (code === undefined) return ok('port', `${port} is free on ${host}`)
  const holder = others.find(({ ready }) => ready.port === port)
  if (code === 'EADDRINUSE' && holder !== undefined) {
    return warn(
      'port',
      `${port} is that of your server for ${holder.projectDir ?? holder.dataDir}`,
      'A second server beside it needs another: --port.',
    )
  }
  if (code === 'EADDRINUSE')
    return fail('port', `${port} is taken on ${host}`, 'Stop what listens there, or choose another with --port.')
  return fail(
    'port',
    `${port} cannot be used on ${host} (${code})`,
    'Choose another with --port, above 1023, or another --host.',
  )
}

function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.once('error', (error) => resolve(errorCode(error) ?? 'unknown reason'))
    server.listen(port, host, () => server.close(() => resolve(undefined)))
  })
}
