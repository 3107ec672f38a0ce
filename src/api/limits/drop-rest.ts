import type { IncomingMessage } from 'node:http'

/** As much as the largest body that any operation takes: a mistake is answered, a flood is not. */
const mostBytes = 64 * 1024 * 1024

/**
 * Reads what the client still sends of a refused body and drops it. Many clients write all of a body before they read
 * the answer; one whose connection is closed before that never sees it.
 */
export function dropRest(request: IncomingMessage): void {
  let left = mostBytes
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) request.socket.destroy()
  })
  request.resume()
}
