import { createApp } from '../api/app.ts'
import { configureServer, serverOptions } from '../api/http/configure-server.ts'
import { expressClasses } from '../api/http/express-classes.ts'
import { HeldPolls } from '../api/http/held-polls.ts'
import { SimulationControl } from '../api/simulation/simulation-control.ts'
import type { AppContext } from '../context.ts'
import { createServer, type Server } from '../tls/create-server.ts'
import { loadServerCredentials, type ServerCredentials } from '../tls/server-credentials.ts'
import { version } from '../version.ts'
import { docsFolder } from './docs-folder.ts'
import { healthChecks } from './health-checks.ts'
import { machinePolicy } from './machine-policy.ts'

/** The API behind TLS (or behind its proxies), not listening yet. */
export async function createHttpServer(
  ctx: AppContext,
  { publicUrl, isStopping }: { publicUrl: () => string; isStopping: () => boolean },
): Promise<{ server: Server; credentials: ServerCredentials | undefined; heldPolls: HeldPolls }> {
  const { config, db, migrations, wakeUp, artifacts, secretBox } = ctx
  const credentials = await loadServerCredentials(config)
  const policy = { ...machinePolicy(config), unrestricted: false }
  const trustProxy = config.tls.kind === 'none' ? config.tls.trustProxy : []
  const heldPolls = new HeldPolls(wakeUp, { seconds: config.holdPollsSeconds, max: 200 })
  const simulation = config.mode === 'dev' ? new SimulationControl() : undefined
  if (simulation !== undefined) ctx.claimOnlyWhile(() => !simulation.faults.isQueueStuck)
  const health = healthChecks({ db, migrations, dataDir: config.dataDir, isStopping })
  const { queueLimits } = config
  const own = { db, wakeUp, artifacts, secretBox, policy, queueLimits, version, health, heldPolls, publicUrl }
  const context = { ...own, ...(simulation !== undefined && { simulation }) }
  const app = createApp(context, {
    trustProxy,
    requestsPerMinute: config.requestsPerMinute,
    ...docsFolder(),
  })
  const server = createServer(config, credentials, app, { ...serverOptions, ...expressClasses(app) })
  configureServer(server)
  return { server, credentials, heldPolls }
}
