import type { Request } from 'express'

/** It is true when a page of another site made the browser send this; browsers too old to say so are judged by `Origin`. */
export function isCrossSite(request: Request): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const { origin, host } = request.headers
  return origin !== undefined && hostOf(origin) !== host
}

/** It is undefined for `Origin: null` and what is no address. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
