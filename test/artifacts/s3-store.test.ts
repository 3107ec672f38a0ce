import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describeArtifactStore } from '../support/artifact-store-contract.ts'
import { type S3Server, startS3Server, storeOn } from '../support/s3-server.ts'

let server: S3Server
let spoolFolder: string
let bucket: string
let count = 0
beforeAll(async () => {
  server = await startS3Server()
  spoolFolder = await mkdtemp(path.join(tmpdir(), 'stratus-s3-'))
})
afterAll(async () => {
  await server?.stop()
  await rm(spoolFolder, { recursive: true, force: true })
})
beforeEach(async () => {
  bucket = `artifacts-${++count}`
  await server.makeBucket(bucket)
})

describe.each([
  ['in a bucket of its own', ''],
  ['below a prefix', 'stratus/größer & co/'],
])('the S3 store, %s', (_place, prefix) => {
  describeArtifactStore(() => storeOn(server.url, { bucket, prefix, spoolFolder }))
})

afterEach(async () => {
  // A file that waits there for S3 has no name.
  expect(await readdir(spoolFolder)).toEqual([])
})
