import { airflowConnection } from './ready.ts'
import { serverUrl } from './server-url.ts'

const tls = { kind: 'own-ca' as const, extraNames: [] }

test.each([
  ['127.0.0.1', 'https://localhost:9000'],
  ['0.0.0.0', 'https://localhost:9000'],
  ['::', 'https://localhost:9000'],
  ['10.1.2.3', 'https://10.1.2.3:9000'],
  ['fd00::1', 'https://[fd00::1]:9000'],
])('a server on %s is reached at %s', (host, url) => {
  expect(serverUrl({ host, tls }, 9000)).toBe(url)
})

test('the public address wins, and a default port is left out', () => {
  expect(serverUrl({ host: '0.0.0.0', tls, publicUrl: 'https://stratus.example.com' }, 9000)).toBe(
    'https://stratus.example.com',
  )
  expect(serverUrl({ host: 'h', tls: { kind: 'none', trustProxy: [] } }, 80)).toBe('http://h')
})

test('the Airflow connection is JSON as Python writes it', () => {
  expect(airflowConnection('https://localhost:8443', 1, 'tok"en')).toBe(
    '{"conn_type": "dbt_cloud", "host": "localhost:8443", "login": "1", "password": "tok\\"en"}',
  )
  expect(JSON.parse(airflowConnection('https://stratus.example.com', 7, undefined))).toEqual({
    conn_type: 'dbt_cloud',
    host: 'stratus.example.com',
    login: '7',
  })
})
