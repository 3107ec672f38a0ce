import { declaredHash } from './declared-hash.ts'

test('is the hash that dbt 1.11 writes into package-lock.yml', () => {
  const written = [
    { local: "{{ env_var('DBT_PKG') }}" },
    { package: 'dbt-labs/dbt_utils', version: ['>=1.0.0', '<2.0.0'] },
    { package: 'a/b', version: '1.0.0', install_prerelease: true },
    { git: 'https://x/y.git', revision: 'main', 'warn-unpinned': false, subdirectory: 's' },
    { git: 'https://x/z.git' },
    { tarball: 'http://é/😀', name: 'n' },
  ]
  const rendered = [{ local: '../a' }, ...written.slice(1)]
  expect(declaredHash({ rendered, written })).toBe('85c52f75f49974fb40c496f5595cb29fd54daec7')
  expect(declaredHash({ rendered: [{ local: '../b' }, ...written.slice(1)], written })).not.toBe(
    '85c52f75f49974fb40c496f5595cb29fd54daec7',
  )
})
