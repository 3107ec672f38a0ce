import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { SetupError } from '../domain/errors.ts'
import type { S3Place } from '../domain/s3-place.ts'
import type { Env } from './env-variables.ts'
import { bucketOf } from './variable-values.ts'

/** Where the files of runs are kept. */
export type ArtifactsConfig = { readonly kind: 'disk'; readonly folder: string } | ({ readonly kind: 's3' } & S3Place)

const variablesOfS3 = [
  'STRATUS_S3_ENDPOINT',
  'STRATUS_S3_PATH_STYLE',
  'STRATUS_S3_ENCRYPTION',
  'STRATUS_S3_KMS_KEY_ID',
] as const

/** Throws a SetupError for variables that do not go together. */
export function artifactsOf(env: Env, dataDir: string): ArtifactsConfig {
  const { STRATUS_ARTIFACTS_URL: url, STRATUS_S3_ENDPOINT: endpoint, STRATUS_S3_PATH_STYLE: pathStyle } = env
  const bucket = url === undefined ? undefined : bucketOf(url)
  if (bucket === undefined) {
    const idle = variablesOfS3.find((name) => env[name] !== undefined)
    if (idle !== undefined)
      throw new SetupError(`${idle} is set, but STRATUS_ARTIFACTS_URL names no bucket (s3://bucket/prefix).`)
    return { kind: 'disk', folder: url === undefined ? path.join(dataDir, 'artifacts') : path.resolve(folderOf(url)) }
  }
  const encryption = encryptionOf(env)
  return {
    kind: 's3',
    ...bucket,
    ...(endpoint !== undefined && { endpoint }),
    pathStyle: pathStyle === undefined ? endpoint !== undefined : pathStyle === 'true',
    ...(encryption !== undefined && { encryption }),
    spoolFolder: path.join(dataDir, 'upload-spool'),
  }
}

function folderOf(url: string): string {
  try {
    return fileURLToPath(url)
  } catch (cause) {
    throw new SetupError(`STRATUS_ARTIFACTS_URL: ${url} names no folder.`, { cause })
  }
}

function encryptionOf({ STRATUS_S3_ENCRYPTION: method, STRATUS_S3_KMS_KEY_ID: kmsKeyId }: Env) {
  if (kmsKeyId !== undefined && (method === undefined || method === 'AES256'))
    throw new SetupError(
      'STRATUS_S3_KMS_KEY_ID is set, but STRATUS_S3_ENCRYPTION is neither aws:kms nor aws:kms:dsse: a key needs one of them.',
    )
  return method && { method, ...(kmsKeyId !== undefined && { kmsKeyId }) }
}
