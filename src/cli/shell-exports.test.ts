import { execFileSync } from 'node:child_process'
import { shellExports } from './shell-exports.ts'

test('a shell reads every value back as it was', () => {
  const values = {
    AIRFLOW_CONN_DBT_CLOUD_DEFAULT: '{"host": "localhost:8443", "password": "it\'s $HOME `x` \\"q\\""}',
    PLAIN: '/a/b-c.pem',
    LINES: 'a\nb',
    EMPTY: '',
  }
  const script = `${shellExports(values)}\nexec "$1" -p 'JSON.stringify(process.env)'`
  const output = execFileSync('/bin/sh', ['-c', script, 'sh', process.execPath], { env: {} })
  expect(JSON.parse(output.toString())).toMatchObject(values)
})
