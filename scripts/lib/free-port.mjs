import { createServer } from 'node:net'

/** `preferred`, or the next port that nobody listens on, leaving out `taken`. */
export async function findFreePort(preferred, taken = []) {
  for (let port = preferred; port < preferred + 200; port += 1) {
    if (!taken.includes(port) && (await isFree(port, '127.0.0.1')) && (await isFree(port, '::1'))) return port
  }
  throw new Error(`no free port from ${preferred} to ${preferred + 199}`)
}

/** Says where to look for a port so that others who look at the same time do not find the same; below what the system gives. */
export function somewhere() {
  return 20_000 + 10 * Math.floor(Math.random() * 1_000)
}

function isFree(port, host) {
  return new Promise((resolve) => {
    const server = createServer()
    // A machine without IPv6 has no such address to be taken.
    server.once('error', (error) => resolve(error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT'))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
