import type { ApiContext } from '../api/api-context.ts'
import { createApp } from '../api/app.ts'
import { configureServer, serverOptions } from '../api/http/configure-server.ts'
import { expressClasses } from '../api/http/express-classes.ts'
import type { Config } from '../config/config.ts'
import { createServer, type Server } from '../tls/create-server.ts'
import { loadServerCredentials, type ServerCredentials } from '../tls/server-credentials.ts'
import { docsFolder } from './docs-folder.ts'

/** The API behind TLS (or behind its proxies), not listening yet. */
export async function createHttpServer(
  config: Config,
  api: ApiContext,
): Promise<{ server: Server; credentials: ServerCredentials | undefined }> {
  const credentials = await loadServerCredentials(config)
  const trustProxy = config.tls.kind === 'none' ? config.tls.trustProxy : []
  const app = createApp(api, { trustProxy, requestsPerMinute: config.requestsPerMinute, ...docsFolder() })
  const server = createServer(config, credentials, app, { ...serverOptions, ...expressClasses(app) })
  configureServer(server)
  return { server, credentials }
}
