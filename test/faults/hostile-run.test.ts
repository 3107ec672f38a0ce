import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { eventually } from '../support/eventually.ts'
import { useSlowServers } from '../support/slow-servers.ts'

const dbt = path.resolve(import.meta.dirname, '../fixtures/bin/dbt-hostile')

describe('runs that do their worst', () => {
  const servers = useSlowServers()

  test('end, are released with their slot and their DuckDB file, and others are answered meanwhile', async () => {
    await servers.open(1)
    const server = await servers.serve([], { STRATUS_DBT_COMMANDS: dbt, STRATUS_MAX_ARTIFACT_MB: '1' })
    await writeFile(
      path.join(servers.project.project, 'profiles.yml'),
      'slow: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb, threads: 1}}}\n',
    )
    const job = (name: string, variables: object) => ({
      name,
      execute_steps: ['dbt build'],
      environment_variables: variables,
    })
    const document = {
      account: { id: 1, name: 'Local', run_slots: 1 },
      projects: [
        {
          name: 'Shop',
          path: servers.project.project,
          environments: [
            {
              name: 'Production',
              dbt: { command: dbt },
              jobs: [
                job('Its worst', { TRICK: 'its worst', FOREIGN: '/etc', FILES: 12_000 }),
                job('The whole disk', { TRICK: 'another target', FOREIGN: '/' }),
                job('Honest', {}),
              ],
            },
          ],
        },
      ],
    }
    const applied = await server.api.post(`${server.ready.url}/api/stratus/v1/apply`, { document })
    expect([applied.status, applied.data.status?.user_message]).toEqual([200, 'Success!'])
    const listed = await server.api.get('/jobs/?order_by=id')
    const runs: number[] = []
    for (const { id } of listed.data.data) runs.push(await servers.trigger(server, id))
    expect(runs).toHaveLength(3)

    let answered = 0
    await eventually(
      'all runs have ended',
      async () => {
        const all = await Promise.all(runs.map((id) => servers.runOf(server, id)))
        answered++
        return all.every((run) => run.is_complete)
      },
      150_000,
    )
    expect(answered).toBeGreaterThan(runs.length)
    const ended = await Promise.all(
      runs.map((id) => server.api.get(`/runs/${id}/?include_related=["run_steps"]`).then(({ data }) => data.data)),
    )
    expect(ended.map((run) => [run.status, run.status_message])).toEqual([
      [10, null],
      [10, null],
      [10, null],
    ])
    const logs = ended.map((run) => run.run_steps.at(-1).logs)
    expect(logs[0]).toContain('dbt.log is no regular file')
    expect(logs[0]).toContain('target/manifest.json is not kept: it is no regular file.')
    for (const name of ['catalog.json', 'compiled'])
      expect(logs[0]).toContain(`target/${name} is not kept: it is a link.`)
    for (const name of ['large.bin', 'run_results.json', 'sources.json'])
      expect(logs[0]).toContain(`target/${name} is not kept: it has 20480 MB, and STRATUS_MAX_ARTIFACT_MB is 1.`)
    expect(logs[0]).toContain('more files of target are not kept.')
    expect(logs[1]).toContain('No artifacts are kept: the target folder is gone, or has become a link to another one.')
    const artifacts = await server.api.get(`/runs/${runs[2]}/artifacts/`)
    expect(artifacts.data.data).toEqual(['manifest.json'])
  }, 180_000)
})
