import { readFile } from 'node:fs/promises'
import * as z from 'zod'

/** A server writes this once it answers, for scripts and for our own commands. */
export const readyFile = z.object({
  url: z.string(),
  port: z.number(),
  pid: z.number(),
  account_id: z.number(),
  token: z.string().optional(),
  ca_file: z.string().nullable(),
  ca_bundle_file: z.string().nullable(),
  airflow_connection: z.string(),
  projects: z.array(
    z.object({
      id: z.number(),
      name: z.string(),
      environments: z.array(
        z.object({
          id: z.number(),
          name: z.string(),
          jobs: z.array(z.object({ id: z.number(), name: z.string() })),
        }),
      ),
    }),
  ),
})
export type ReadyFile = z.infer<typeof readyFile>

/** It is undefined when there is none, or when the process that wrote it is gone. */
export async function readReadyFile(file: string): Promise<ReadyFile | undefined> {
  let content: string
  try {
    content = await readFile(file, 'utf8')
  } catch {
    return undefined // not running, or not ours to read
  }
  const ready = readyFile.safeParse(parseJson(content))
  return ready.success && isAlive(ready.data.pid) ? ready.data : undefined
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return undefined // not a file of ours
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Another user's process is there, but not ours to signal.
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM'
  }
}
