import type { HeldPolls } from '../api/http/held-polls.ts'
import type { ReadyFile } from '../client/ready-file.ts'
import type { Config } from '../config/config.ts'
import { announceStore } from '../context/announce-store.ts'
import type { Overrides } from '../context/overrides.ts'
import type { AppContext } from '../context.ts'
import { beginToCompilePglite } from '../db/embedded/pglite-program.ts'
import type { Separation } from '../engines/dbt/users/separation.ts'
import { serverLogger } from '../logger.ts'
import type { Server } from '../tls/create-server.ts'
import { assertLeft, leave } from './leave.ts'
import { closeServer, listen } from './listen.ts'
import { awaitContext } from './open-context.ts'
import { projectTree } from './project-tree.ts'
import { airflowConnection, removeReadyFiles, writeReadyFiles } from './ready.ts'
import { separateRuns } from './separate-runs.ts'
import { serverUrl } from './server-url.ts'
import { untilAborted, untilSignal } from './until-signal.ts'
import { warnWithoutDbt } from './warn-without-dbt.ts'

/** A command prepares this between opening the database and answering requests. */
export interface Prepared {
  readonly accountId: number
  readonly adminToken?: string
  readonly airflowToken?: string
  /** Opens one session in a browser. */
  readonly signInCode?: string
}

export interface ServerOptions {
  readonly migrate: boolean
  readonly overrides?: Overrides
  prepare(ctx: AppContext): Promise<Prepared>
  /** `separation`: absent where no runs are executed. */
  onReady(ready: ReadyFile, prepared: Prepared, separation: Separation | undefined): void
  onStopping(): void
}

/** Runs the server until a signal asks it to stop; nothing of it is alive afterwards. */
export async function runServer(config: Config, options: ServerOptions): Promise<void> {
  using stop = untilSignal()
  const separation = config.worker.enabled ? await separateRuns(config) : undefined
  // `dev` finds the dbt of its project's own virtual environment.
  if (config.worker.enabled && config.mode !== 'dev') await warnWithoutDbt(config.engine)
  if (config.database.kind === 'embedded') beginToCompilePglite()
  // The rest of the program is loaded while the database opens.
  const loading = import('./create-http-server.ts')
  const { migrate, overrides = {} } = options
  const ctx = await awaitContext(config, stop.signal, { migrate, overrides })
  if (ctx === undefined) return
  const parts: { server?: Server; heldPolls?: HeldPolls } = {}
  let failed: string[] = []
  try {
    const { createHttpServer } = await loading
    let url = serverUrl(config, config.port)
    const api = await ctx.api({ publicUrl: () => url, isStopping: () => stop.signal.aborted })
    const { server, credentials } = await createHttpServer(config, api)
    Object.assign(parts, { server, heldPolls: api.heldPolls })
    const prepared = await options.prepare(ctx)
    await ctx.recover()
    const port = await listen(server, config)
    url = serverUrl(config, port)
    const projects = await projectTree(ctx, prepared.accountId)
    const ready: ReadyFile = {
      url,
      port,
      pid: process.pid,
      account_id: prepared.accountId,
      ...(prepared.adminToken !== undefined && { token: prepared.adminToken }),
      ca_file: credentials?.caFile ?? null,
      ca_bundle_file: credentials?.caBundleFile ?? null,
      airflow_connection: airflowConnection(url, prepared.accountId, prepared.airflowToken),
      projects,
    }
    await writeReadyFiles(config, ready)
    void announceStore(ctx.artifacts, stop.signal)
    serverLogger.info({ url, database: ctx.database.kind, worker: config.worker.enabled }, 'server ready')
    options.onReady(ready, prepared, separation)
    // Last: looking for runs keeps an embedded database busy for a while.
    if (!stop.signal.aborted) await ctx.start(separation)
    const { broken } = ctx.database
    await untilAborted(AbortSignal.any([stop.signal, broken]))
    broken.throwIfAborted()
    serverLogger.info({ signal: String(stop.signal.reason) }, 'server stopping')
    options.onStopping()
  } finally {
    failed = await leave(
      [
        { name: 'ready files', limitMs: 5_000, run: () => removeReadyFiles(config) },
        // Clients go on asking for their runs while those end.
        ...ctx.draining(stop),
        { name: 'requests', limitMs: 10_000, run: () => closeRequests(parts) },
        ...ctx.closing(),
      ],
      ctx.database.broken.aborted,
    )
  }
  assertLeft(failed)
}

async function closeRequests({ server, heldPolls }: { server?: Server; heldPolls?: HeldPolls }): Promise<void> {
  heldPolls?.close()
  if (server !== undefined) await closeServer(server)
}
