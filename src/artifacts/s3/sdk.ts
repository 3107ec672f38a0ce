import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'

/**
 * The parts of AWS's SDK that are used. They have a file of their own because the SDK is CommonJS: a bundle that loads it
 * at its first use would find none of them by name.
 */
export const sdk = { DeleteObjectsCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client }
