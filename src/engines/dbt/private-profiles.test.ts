import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { overrideSchema } from './private-profiles.ts'
import { findProfilesFile, profileIn, targetOf } from './profiles-file.ts'
import { readYaml } from './yaml-file.ts'

const profiles = `
shop:
  target: "{{ env_var('TARGET', 'dev') }}"
  outputs:
    dev: &base
      type: postgres
      host: "{{ env_var('HOST') }}"
      port: "{{ env_var('PORT', '5432') | int }}"
      schema: analytics
      keepalive: yes
    prod:
      <<: *base
      host: prod
    warehouse: {type: bigquery, dataset: analytics}
`

describe('a private copy of profiles.yml', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'stratus-profiles-'))
    await writeFile(path.join(folder, 'profiles.yml'), profiles)
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function copyWith(target: string): Promise<unknown> {
    const file = await findProfilesFile(folder, {})
    const copy = path.join(folder, 'copy.yml')
    await writeFile(copy, overrideSchema(file, 'shop', profileIn(file, 'shop'), target, 'pr_7'))
    return (await readYaml(copy))?.content
  }

  test('has another schema in one target, and everything else as it was, Jinja and anchors too', async () => {
    const dev = {
      type: 'postgres',
      host: "{{ env_var('HOST') }}",
      port: "{{ env_var('PORT', '5432') | int }}",
      keepalive: true,
    }
    expect(await copyWith('prod')).toEqual({
      shop: {
        target: "{{ env_var('TARGET', 'dev') }}",
        outputs: {
          dev: { ...dev, schema: 'analytics' },
          prod: { ...dev, host: 'prod', schema: 'pr_7' },
          warehouse: { type: 'bigquery', dataset: 'analytics' },
        },
      },
    })
  })

  test('calls it a dataset for BigQuery', async () => {
    expect(await copyWith('warehouse')).toMatchObject({
      shop: { outputs: { warehouse: { type: 'bigquery', dataset: 'pr_7' } } },
    })
  })

  test('the target is the wanted one; `default` means none in particular', async () => {
    const file = await findProfilesFile('/elsewhere', { DBT_PROFILES_DIR: folder })
    const profile = profileIn(file, 'shop')
    expect(targetOf(profile, 'prod', {})).toBe('prod')
    expect(targetOf(profile, undefined, { TARGET: 'prod' })).toBe('prod')
    expect(targetOf(profile, 'default', {})).toBe('dev')
  })
})
