import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { ownPython } from './broken-environments.ts'

const dist = path.resolve(import.meta.dirname, '../../../dist')

test('what is wrong with a host is said with the host that it should be', async () => {
  const hosts = [
    { host: 'http://localhost:8443', port: null, problem: /speaks https only/, cure: /^localhost:8443, where .* TLS$/ },
    { host: 'https://localhost', port: null, problem: /has a scheme/, cure: /^localhost:8443$/ },
    { host: 'localhost:8443/api/v2', port: null, problem: /has a path/, cure: /^localhost:8443$/ },
    { host: 'localhost/', port: 9443, problem: /has a path/, cure: /^localhost:9443$/ },
    { host: '', port: null, problem: /cloud\.getdbt\.com/, cure: /stratus\.example\.com:8443/ },
    { host: 'localhost: 8443', port: null, problem: /no host and port/, cure: /./ },
  ]
  const asked = JSON.stringify(hosts.map(({ host, port }) => [host, port]))
  const program =
    'import json, sys; from airflow_doctor.host import wrong_host; print(json.dumps([wrong_host(*it) for it in json.loads(sys.argv[1])]))'
  const options = { cwd: dist, env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } }
  const { stdout } = await promisify(execFile)(ownPython, ['-c', program, asked], options)
  const answers: readonly [string, string][] = JSON.parse(stdout)
  for (const [index, { problem, cure }] of hosts.entries()) {
    expect(answers[index]).toEqual([expect.stringMatching(problem), expect.stringMatching(cure)])
  }
})
