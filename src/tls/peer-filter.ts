import net from 'node:net'

/** Tests whether an address lies in one of the networks (`10.0.0.0/8`, `fd00::/8` or a single address). */
export function createPeerFilter(networks: readonly string[]): (address: string | undefined) => boolean {
  const list = new net.BlockList()
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    const family = net.isIPv6(address) ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return (address) => {
    if (address === undefined) return false
    // A socket that listens on :: sees IPv4 peers so.
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
    return list.check(plain, net.isIPv6(plain) ? 'ipv6' : 'ipv4')
  }
}

const sentence = 'This server speaks plain HTTP and answers only the proxies that STRATUS_TRUST_PROXY names.\n'

/** Answers a peer that is no trusted proxy, before it has said anything, and closes. */
export function refusePeer(socket: net.Socket): void {
  socket.on('error', () => socket.destroy())
  socket.setTimeout(2000, () => socket.destroy())
  // Closing over unread bytes would lose our answer, so these are read and dropped.
  socket.resume()
  socket.end(
    `HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(sentence)}\r\n` +
      `Connection: close\r\n\r\n${sentence}`,
  )
}
