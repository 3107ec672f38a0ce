/** Where files are kept in S3, and how. */
export interface S3Place {
  readonly bucket: string
  /** It stands before each key: it ends in a slash, or is empty. */
  readonly prefix: string
  /** Without one it is AWS in the region that its SDK finds. */
  readonly endpoint?: string
  /** The bucket stands in the path of addresses, not in the name of the host. */
  readonly pathStyle: boolean
  readonly encryption?: { readonly method: 'AES256' | 'aws:kms' | 'aws:kms:dsse'; readonly kmsKeyId?: string }
  /** Large files wait there, without names, until S3 has them. */
  readonly spoolFolder: string
}
