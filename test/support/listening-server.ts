import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { configureServer, serverOptions } from '../../src/api/http/configure-server.ts'

export interface ListeningServer {
  readonly port: number
  /** Sends the text as it is and answers all that comes back. */
  send(text: string): Promise<string>
  close(): Promise<void>
}

/** A server on a port of its own, with the bounds that the product's have, for requests that no client library sends. */
export async function listen(
  app: http.RequestListener | undefined,
  timeouts: { readonly headersTimeout?: number; readonly requestTimeout?: number } = {},
): Promise<ListeningServer> {
  const server = http.createServer(serverOptions, app)
  configureServer(server)
  Object.assign(server, timeouts)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    port,
    async send(text) {
      const socket = net.connect(port, '127.0.0.1')
      socket.setEncoding('utf8')
      socket.write(text)
      let answer = ''
      for await (const chunk of socket) answer += chunk
      return answer
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
