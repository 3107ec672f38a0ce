import type { IncomingMessage } from 'node:http'

/** The rest of a body is read up to this size, the largest that any operation takes: a mistake is answered, a flood is not. */
const mostBytes = 64 * 1024 * 1024

/**
 * Reads what the client still sends of a refused body and drops it. Many clients write all of a body before they read
 * the answer; one whose connection is closed before that never sees it. Resolves when the answer may be sent: one
 * that ends the connection (`Connection: close`) has to wait until there is no more.
 */
export function dropRest(request: IncomingMessage): Promise<void> {
  let left = mostBytes
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) request.socket.destroy()
  })
  const isLast = /\bclose\b/i.test(request.headers.connection ?? '')
  const dropped = new Promise<void>((resolve) => {
    if (!isLast) resolve()
    request.once('end', resolve)
    request.once('close', resolve)
  })
  request.resume()
  return dropped
}
