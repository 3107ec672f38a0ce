import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { CreateBucketCommand, DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { createS3Store } from '../../src/artifacts/s3/s3-store.ts'
import type { S3Place } from '../../src/domain/s3-place.ts'

const program = process.env.STRATUS_TEST_S3 ?? path.resolve('.stratus/venv-s3/bin/moto_server')

/** The SDK's own chain finds these. */
export const s3Environment = {
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_REGION: 'eu-central-1',
  AWS_EC2_METADATA_DISABLED: 'true',
} as const

/** A server that speaks S3, in a process of its own. */
export interface S3Server {
  readonly url: string
  makeBucket(name: string): Promise<void>
  removeBucket(name: string): Promise<void>
  stop(): Promise<void>
}

export async function startS3Server(): Promise<S3Server> {
  Object.assign(process.env, s3Environment)
  const server = spawn(program, ['--host', '127.0.0.1', '--port', '0'], { stdio: ['ignore', 'ignore', 'pipe'] })
  const url = await addressOf(server)
  const client = new S3Client({ endpoint: url, forcePathStyle: true })
  return {
    url,
    async makeBucket(Bucket) {
      const CreateBucketConfiguration = { LocationConstraint: s3Environment.AWS_REGION }
      await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }))
    },
    async removeBucket(Bucket) {
      await client.send(new DeleteBucketCommand({ Bucket }))
    },
    async stop() {
      client.destroy()
      const exited = once(server, 'exit')
      server.kill('SIGKILL')
      await exited
    },
  }
}

/** A store in a bucket of that server, or of one that stands before it. */
export function storeOn(url: string, place: Pick<S3Place, 'bucket' | 'spoolFolder'> & Partial<S3Place>) {
  const patience = { answerMs: 2_000, connectionMs: 2_000 }
  return createS3Store({ prefix: '', endpoint: url, pathStyle: true, ...place }, patience)
}

async function addressOf(server: ChildProcess): Promise<string> {
  if (server.stderr === null) throw new Error('The S3 server has no output.')
  const said: string[] = []
  for await (const line of createInterface({ input: server.stderr })) {
    said.push(line)
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? []
    if (url === undefined) continue
    server.stderr.resume()
    return url
  }
  throw new Error(`The S3 server did not start:\n${said.join('\n')}`)
}
