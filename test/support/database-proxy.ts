import { once } from 'node:events'
import net from 'node:net'

export interface DatabaseProxy {
  /** The database's address, by way of this proxy. */
  readonly url: string
  /** How many connections are open. */
  readonly open: number
  /** Cuts all connections and takes none, as a server that is stopped. */
  refuse(): Promise<void>
  /** Lets connections be, and passes nothing on, as a network that fails without a word. */
  silence(): void
  /** Passes on again; what was held back arrives. */
  restore(): Promise<void>
  close(): Promise<void>
}

/** Stands between a test and the PostgreSQL server at `target`, to take it away and give it back. */
export async function startDatabaseProxy(target: string): Promise<DatabaseProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<net.Socket>()
  let silent = false
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(port), hostname)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {}) // `close` follows
      from.once('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
      if (silent) from.pause()
    }
  })
  const listen = async (at: number) => {
    server.listen(at, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : at
  }
  const own = await listen(0)
  const refuse = async () => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const url = new URL(target)
  url.host = `127.0.0.1:${own}`
  return {
    url: url.href,
    get open() {
      return sockets.size / 2
    },
    refuse,
    silence() {
      silent = true
      for (const socket of sockets) socket.pause()
    },
    async restore() {
      silent = false
      for (const socket of sockets) socket.resume()
      if (!server.listening) await listen(own)
    },
    close: refuse,
  }
}
