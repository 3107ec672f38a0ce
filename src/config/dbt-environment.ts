import type { RawEnvironment } from './raw-environment.ts'
import { isServersOwn } from './variable-values.ts'

const passedNames = new Set([
  ...['PATH', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO', 'NODE_EXTRA_CA_CERTS'],
])

/**
 * dbt inherits everything but the server's own variables, or with `passEnv` only
 * PATH, locale, proxies, certificate authorities and the names in it.
 */
export function dbtEnvironment(raw: RawEnvironment, passEnv?: readonly string[]): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [name, value] of Object.entries(raw)) {
    if (value === undefined || isServersOwn(name)) continue
    const passed = passEnv === undefined || passedNames.has(name) || name.startsWith('LC_') || passEnv.includes(name)
    if (passed) result[name] = value
  }
  return result
}
