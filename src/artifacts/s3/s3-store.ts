import type { S3Place } from '../../domain/s3-place.ts'
import { StoreUnavailableError, UnstorableFileError } from '../../domain/store-errors.ts'
import type { ArtifactStore } from '../artifact-store.ts'
import { readStored } from '../format/read-stored.ts'
import { listObjectFolders, listObjects, suffix } from './list-objects.ts'
import { openObject } from './read-object.ts'
import { createS3Bucket, type S3Bucket, type S3Patience } from './s3-bucket.ts'
import { writeObject } from './write-object.ts'

/** S3 takes no longer keys. */
const maxKeyBytes = 1024

/** S3 deletes so many at once. */
const deletedAtOnce = 1000

/** Keeps each file compressed as an object of a bucket. Nothing of the SDK is loaded before it is used. */
export function createS3Store(options: S3Place, patience?: S3Patience): ArtifactStore {
  const bucket = createS3Bucket(options, patience)
  const { prefix: root } = options
  const objectKeyOf = (key: string) => `${root}${key}${suffix}`
  const list = (prefix: string, after = '') => listObjects(bucket, { root, prefix, after })
  const remove = (keys: readonly string[]) => deleteObjects(bucket, keys.map(objectKeyOf))
  return {
    kind: 'S3',
    name: `the bucket ${options.bucket}${root === '' ? '' : `, prefix ${root}`}${options.endpoint === undefined ? '' : ` at ${options.endpoint}`}`,

    async check(signal) {
      const input = { Bucket: options.bucket, Prefix: root, MaxKeys: 1 }
      await bucket.send((s3, client, how) => client.send(new s3.ListObjectsV2Command(input), how), { signal })
      // The object stays, and no list has it: servers that share the bucket write the same.
      await writeObject(bucket, '', { objectKey: `${root}.writable`, options, signal })
    },

    async put(key, content, signal) {
      const objectKey = objectKeyOf(key)
      if (Buffer.byteLength(objectKey) > maxKeyBytes) throw new UnstorableFileError('its name is too long')
      return writeObject(bucket, content, { objectKey, options, signal })
    },

    async get(key, range) {
      const object = await openObject(bucket, objectKeyOf(key))
      return object && readStored(object, range)
    },

    list,

    listFolders: (prefix, after = '') => listObjectFolders(bucket, { root, prefix, after }),

    delete: remove,

    async deleteAll(prefix) {
      let keys: string[] = []
      for await (const { key } of list(prefix)) {
        keys.push(key)
        if (keys.length < deletedAtOnce) continue
        await remove(keys)
        keys = []
      }
      await remove(keys)
    },
  }
}

async function deleteObjects({ name, send }: S3Bucket, objectKeys: readonly string[]): Promise<void> {
  for (let start = 0; start < objectKeys.length; start += deletedAtOnce) {
    const Objects = objectKeys.slice(start, start + deletedAtOnce).map((Key) => ({ Key }))
    const input = { Bucket: name, Delete: { Objects, Quiet: true } }
    const { Errors = [] } = await send((s3, client, how) => client.send(new s3.DeleteObjectsCommand(input), how))
    const [failed] = Errors
    if (failed !== undefined) throw new StoreUnavailableError(`${failed.Code}: ${failed.Message} (${failed.Key})`)
  }
}
