import type { Server } from 'node:http'
import { refuseBrokenRequest } from './refuse-broken-request.ts'

/** The constructor of the server needs these, since they cannot be set later. */
export const serverOptions = {
  /** Room for long queries and proxies' headers, but a bound. */
  maxHeaderSize: 32 * 1024,
  /** The two time limits below are checked once in this time. */
  connectionsCheckingInterval: 5_000,
} as const

/** Bounds what a slow or silent client can hold: one connection, for so long. */
export function configureServer(server: Server): void {
  server.headersTimeout = 15_000
  server.requestTimeout = 60_000
  // Longer than Airflow's usual poll interval of 60 s and than the idle time of common load balancers.
  server.keepAliveTimeout = 75_000
  // A client that stops reading its answer.
  server.timeout = 120_000
  server.on('clientError', refuseBrokenRequest)
}
