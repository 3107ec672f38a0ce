import type { Server } from 'node:http'
import { refuseBrokenRequest } from './refuse-broken-request.ts'

/** For the constructor of the server; these cannot be set later. */
export const serverOptions = {
  /** Room for long queries and proxies' headers, but a bound. */
  maxHeaderSize: 32 * 1024,
  /** How often the two time limits below are checked. */
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
