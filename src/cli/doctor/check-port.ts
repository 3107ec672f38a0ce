import net from 'node:net'
import type { ReadyFile } from '../../client/ready-file.ts'
import { errorCode } from '../../util/error-code.ts'
import { type Finding, fail, ok } from './finding.ts'

export async function checkPort(host: string, port: number, running: ReadyFile | undefined): Promise<Finding> {
  if (running?.port === port) return ok('port', `${port}, in use by the running server`)
  const code = await tryToListen(host, port)
  if (code === undefined) return ok('port', `${port} is free on ${host}`)
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
