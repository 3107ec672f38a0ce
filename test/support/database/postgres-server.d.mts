export interface PostgresServer {
  readonly url: string
  /** Ends the server; its data stays for `start`. SIGINT cuts every connection and shuts down; SIGQUIT does not even shut down. */
  halt(signal?: NodeJS.Signals): Promise<void>
  start(): Promise<void>
  /** Ends the server and removes its data. */
  stop(): Promise<void>
}

export function startPostgres(options?: { settings?: readonly string[] }): Promise<PostgresServer>
