import { once } from 'node:events'
import net from 'node:net'

export interface DatabaseProxy {
  /** It is the database's address, by way of this proxy. */
  readonly url: string
  /** Says how many connections are open. */
  readonly open: number
  /** Cuts all connections and takes none, as a server that is stopped. */
  refuse(): Promise<void>
  /** Lets connections be, and passes nothing on, as a network that fails without a word. */
  silence(): void
  /**
   * Does this once: passes on what matches `sent`, waits for the server's answer, and cuts the connection instead of passing that
   * on. Resolves then.
   */
  swallowAnswer(sent: RegExp): Promise<void>
  /** Passes on again; what was held back arrives. */
  restore(): Promise<void>
  close(): Promise<void>
}

/** Stands between a test and the PostgreSQL server at `target`, to take it away and give it back. */
export async function startDatabaseProxy(target: string): Promise<DatabaseProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<net.Socket>()
  let silent = false
  let trap: { readonly sent: RegExp; readonly sprung: () => void } | undefined
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(port), hostname)
    client.on('data', (sent: Buffer) => {
      if (trap?.sent.test(sent.toString('latin1')) !== true) return
      const { sprung } = trap
      trap = undefined
      upstream.unpipe(client)
      upstream.once('data', () => {
        client.destroy()
        sprung()
      })
      upstream.resume()
    })
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
    swallowAnswer(sent) {
      return new Promise((sprung) => {
        trap = { sent, sprung }
      })
    },
    async restore() {
      silent = false
      for (const socket of sockets) socket.resume()
      if (!server.listening) await listen(own)
    },
    close: refuse,
  }
}
