import type { Config } from '../config/config.ts'
import { SetupError } from '../domain/errors.ts'
import type { Server } from '../tls/create-server.ts'
import { errorCode } from '../util/error-code.ts'

/** Answers the port, once `server` listens. */
export function listen(server: Server, { host, port, mode }: Pick<Config, 'host' | 'port' | 'mode'>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(explain(error, { host, port, mode })))
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function explain(error: Error, { host, port, mode }: Pick<Config, 'host' | 'port' | 'mode'>): Error {
  switch (errorCode(error)) {
    case 'EADDRINUSE': {
      const cure = mode === 'dev' ? 'take any free one with --port 0' : 'choose another with --port (STRATUS_PORT)'
      return new SetupError(`Port ${port} on ${host} is taken. Stop what listens there, or ${cure}.`)
    }
    case 'EACCES':
      return new SetupError(`Port ${port} may not be used by this user. Choose one above 1023 with --port.`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new SetupError(`This machine has no address ${host} to listen on. Change --host (STRATUS_HOST).`)
    default:
      return error
  }
}

/** Answers what is under way, for a few seconds at most, and takes nothing new. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return
  const patience = setTimeout(() => server.closeAllConnections(), 3000)
  await new Promise((resolve) => server.close(resolve))
  clearTimeout(patience)
}
