import http, { type RequestListener, type ServerOptions } from 'node:http'
import https from 'node:https'
import { serverLogger } from '../logger.ts'
import { createPeerFilter, refusePeer } from './peer-filter.ts'
import { type CredentialsConfig, loadServerCredentials, type ServerCredentials } from './server-credentials.ts'

export type Server = http.Server | https.Server

/** Renewed certificates, ours or the user's, are picked up within this time, without a restart. */
const renewalCheckMs = 60 * 60 * 1000

/** Makes an HTTP server that does not listen yet: over TLS, or plain behind the trusted proxies. */
export function createServer(
  config: CredentialsConfig,
  credentials: ServerCredentials | undefined,
  listener: RequestListener,
  options: ServerOptions = {},
): Server {
  if (config.tls.kind === 'none') {
    const isTrusted = createPeerFilter(config.tls.trustProxy)
    const server = http.createServer(options, listener)
    // Before the parser sees the socket: a refused peer's request is never read.
    const [accept] = server.listeners('connection')
    server.removeAllListeners('connection')
    server.on('connection', (socket) => {
      if (isTrusted(socket.remoteAddress)) accept?.call(server, socket)
      else refusePeer(socket)
    })
    return server
  }
  const server = https.createServer({ ...options, ...tlsOptions(credentials), minVersion: 'TLSv1.2' }, listener)
  renewWhileListening(server, config, credentials)
  return server
}

function tlsOptions(credentials: ServerCredentials | undefined) {
  return credentials === undefined ? {} : { key: credentials.key, cert: credentials.certificate }
}

function renewWhileListening(
  server: https.Server,
  config: CredentialsConfig,
  first: ServerCredentials | undefined,
): void {
  let current = first?.certificate
  const timer = setInterval(async () => {
    try {
      const credentials = await loadServerCredentials(config)
      if (credentials === undefined || credentials.certificate === current) return
      server.setSecureContext({ ...tlsOptions(credentials), minVersion: 'TLSv1.2' })
      current = credentials.certificate
      serverLogger.info('certificate renewed')
    } catch (err) {
      serverLogger.error({ err }, 'certificate could not be renewed')
    }
  }, renewalCheckMs).unref()
  server.on('close', () => clearInterval(timer))
}
