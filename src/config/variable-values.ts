import net from 'node:net'

export function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false
  const url = new URL(value)
  return (
    ['http:', 'https:'].includes(url.protocol) &&
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === ''
  )
}

export function isCidr(value: string): boolean {
  const [address = '', prefix, ...rest] = value.split('/')
  const bits = { 0: -1, 4: 32, 6: 128 }[net.isIP(address)] ?? -1
  return bits > 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
}

export function isDatabaseUrl(value: string): boolean {
  return URL.canParse(value) && /^postgres(ql)?:$/.test(new URL(value).protocol)
}

/** It is true for a name that a certificate may be made out to. */
export function isTlsName(value: string): boolean {
  return net.isIP(value) !== 0 || /^(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?$/.test(value)
}

export function isRunUser(value: string): boolean {
  return /^([A-Za-z_][A-Za-z0-9_.-]{0,63}|\d{1,9}(:\d{1,9})?)$/.test(value) && !/^(root|0+(:.*)?)$/.test(value)
}

/** It is true for an adapter, or one key of an adapter. */
export function isDetail(value: string): boolean {
  return /^[a-z][a-z0-9_]*(?:\.[A-Za-z_][\w-]*)?$/.test(value)
}

export function isAbsolute(folder: string): boolean {
  return folder.startsWith('/')
}

export function isToken(value: string): boolean {
  return /^[\x21-\x7e]{20,200}$/.test(value)
}

/** It is true for the variables that dbt may be given. */
export function isForDbt(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !isServersOwn(name)
}

/** It is true for variables of the server itself, which dbt never sees. */
export function isServersOwn(name: string): boolean {
  return /^(STRATUS_|PG|DATABASE_URL(_FILE)?$)/.test(name)
}

export function isArtifactsUrl(value: string): boolean {
  return bucketOf(value) !== undefined || /^file:\/\/\/[^?#]+$/.test(value)
}

/** The bucket and the prefix (with a slash at its end, unless it is empty) that an address names. */
export function bucketOf(address: string): { readonly bucket: string; readonly prefix: string } | undefined {
  const [, bucket, rest = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([^?#]*))?$/.exec(address) ?? []
  const parts = rest.replace(/\/$/, '').split('/')
  if (bucket === undefined || (rest !== '' && parts.some((part) => ['', '.', '..'].includes(part)))) return undefined
  return { bucket, prefix: rest === '' ? '' : `${parts.join('/')}/` }
}

/** True for a server's address, which may have a path. */
export function isEndpoint(value: string): boolean {
  if (!/^https?:\/\/[^?#@]+$/.test(value)) return false
  return URL.canParse(value)
}
