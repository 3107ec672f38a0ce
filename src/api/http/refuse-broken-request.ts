import type { Duplex } from 'node:stream'
import { errorEnvelope } from './replies/envelope.ts'

const answers: Readonly<Record<string, { code: number; reason: string; sentence: string }>> = {
  HPE_HEADER_OVERFLOW: {
    code: 431,
    reason: 'Request Header Fields Too Large',
    sentence: 'The headers of this request are larger than 32768 bytes.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: 408,
    reason: 'Request Timeout',
    sentence: 'This request did not arrive whole within the time that it has.',
  },
}

const unreadable = { code: 400, reason: 'Bad Request', sentence: 'This is not a request that HTTP knows.' }

/** Bytes that the HTTP parser gives up on never become a request, so the answer goes to the socket itself. */
export function refuseBrokenRequest(error: Error, socket: Duplex): void {
  if (!socket.writable || ('code' in error && error.code === 'ECONNRESET')) {
    socket.destroy()
    return
  }
  const { code, reason, sentence } = answers['code' in error ? String(error.code) : ''] ?? unreadable
  const body = JSON.stringify(errorEnvelope({ code, userMessage: sentence, developerMessage: '' }))
  socket.end(
    `HTTP/1.1 ${code} ${reason}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  )
}
