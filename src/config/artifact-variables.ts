import { integer, oneOf, text } from './variable-kinds.ts'
import { isArtifactsUrl, isEndpoint } from './variable-values.ts'

/** Those that say where the files of runs are kept. */
export const artifactVariables = {
  STRATUS_ARTIFACTS_URL: text(
    {
      description:
        'Where artifacts and logs of ended steps are kept: a folder, or a bucket of S3. Servers and workers need the same.',
      expected: 'an address like s3://bucket/prefix or file:///a/folder',
      fallback: 'the folder `artifacts` of the data folder',
    },
    isArtifactsUrl,
  ),
  STRATUS_ARTIFACTS_WAIT_SECONDS: integer(0, 86_400, 900, {
    description:
      'Seconds for which the end of a step waits for a store of artifacts that does not answer, before the step fails.',
  }),
  STRATUS_MAX_ARTIFACT_MB: integer(1, 1_000_000, 512, {
    description: 'A file that dbt leaves is kept as an artifact if it has no more megabytes than this.',
  }),
  STRATUS_S3_ENDPOINT: text(
    {
      description: 'Address of a server that speaks S3, in place of AWS.',
      expected: 'an address like https://minio.example.com:9000',
      fallback: 'that of AWS in its region',
    },
    isEndpoint,
  ),
  STRATUS_S3_PATH_STYLE: oneOf(['true', 'false'], {
    description: 'Whether the bucket stands in the path of addresses, not in the name of the host.',
    fallback: '`true` with `STRATUS_S3_ENDPOINT`, else `false`',
  }),
  STRATUS_S3_ENCRYPTION: oneOf(['AES256', 'aws:kms', 'aws:kms:dsse'], {
    description: 'How S3 is asked to encrypt what it stores.',
    fallback: 'as the bucket says',
  }),
  STRATUS_S3_KMS_KEY_ID: text({
    description: 'Key of AWS KMS for `STRATUS_S3_ENCRYPTION`.',
    expected: 'the id, ARN or alias of a key',
    fallback: 'the key of AWS for S3',
  }),
}
