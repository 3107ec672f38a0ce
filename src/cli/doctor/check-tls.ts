import * as z from 'zod'
import type { RawEnvironment } from '../../config/raw-environment.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import { runProgram } from './run-program.ts'

/** Opens a TLS connection as Python's ssl does (aiohttp, urllib) and, where installed, as requests does. */
const script = `
import json, sys, urllib.error, urllib.request
url = sys.argv[1]
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
result = {"python": sys.version.split()[0], "ssl": None, "requests": "missing"}
try:
    opener.open(url, timeout=10).close()
except urllib.error.HTTPError:
    pass
except Exception as error:
    result["ssl"] = str(getattr(error, "reason", error))
try:
    import requests
    try:
        requests.get(url, timeout=10, allow_redirects=False)
        result["requests"] = None
    except Exception as error:
        result["requests"] = str(error)
except ImportError:
    pass
print(json.dumps(result))
`
const answer = z.object({ python: z.string(), ssl: z.string().nullable(), requests: z.string().nullable() })

const cure =
  'In the shell (or the service) that starts Airflow: eval "$(stratus env)", which sets SSL_CERT_FILE and REQUESTS_CA_BUNDLE.'

/** Checks that Python trusts the server's certificate with the environment as it is. */
export async function checkTls(url: string | undefined, environment: RawEnvironment): Promise<Finding[]> {
  const python = await findPython()
  if (python === undefined) {
    return [warn('Python', 'not found', 'dbt and Airflow need it: install Python 3.10 or newer.')]
  }
  if (url === undefined) {
    return [
      warn('TLS', 'not tried: no server is running for this folder', 'Start one with "stratus dev", then ask again.'),
    ]
  }
  const { output } = await runProgram(python, ['-c', script, url])
  const parsed = answer.safeParse(parseJson(output.split('\n').at(0) ?? ''))
  if (!parsed.success)
    return [fail('TLS', `${python} failed: ${output.split('\n').at(-1) ?? ''}`, `Is ${python} sound?`)]
  const { python: version, ssl, requests } = parsed.data
  return [
    describe(`TLS in Python ${version}`, `${url} is trusted (SSL_CERT_FILE)`, ssl, environment.SSL_CERT_FILE),
    ...(requests === 'missing'
      ? []
      : [
          describe(
            `TLS in requests`,
            `${url} is trusted (REQUESTS_CA_BUNDLE)`,
            requests,
            environment.REQUESTS_CA_BUNDLE,
          ),
        ]),
  ]
}

function describe(subject: string, success: string, error: string | null, variable: string | undefined): Finding {
  if (error === null) return ok(subject, success)
  if (!/certificate|SSL/i.test(error)) return fail(subject, error, 'Is the server running, and the address right?')
  const detail = `the certificate is not trusted: ${error}`
  // Nothing is wrong with the server when it is not this shell that starts Airflow.
  return variable ? fail(subject, detail, cure) : warn(subject, `in this shell ${detail}`, cure)
}

async function findPython(): Promise<string | undefined> {
  for (const python of ['python3', 'python']) {
    const { succeeded } = await runProgram(python, ['-c', 'import ssl'])
    if (succeeded) return python
  }
  return undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Python could not even print
  }
}
