import path from 'node:path'

const jobsOnTwoPages = 105

/** test/compat works with this stratus.yml. Ids are chosen, so that a test cannot pass because everything is 1. */
export function describeCompatProjects(projectDir) {
  return {
    account: { id: 7, name: 'Compat', run_slots: 4 },
    projects: [
      {
        id: 11,
        name: 'Checks',
        path: path.join(projectDir, 'checks'),
        environments: [
          { id: 21, name: 'Production', deployment_type: 'production', engine: 'dbt', jobs: checkJobs },
          { id: 22, name: 'Staging', deployment_type: 'staging', engine: 'dbt', jobs: [] },
        ],
      },
      {
        id: 12,
        name: 'Many Jobs',
        path: path.join(projectDir, 'checks'),
        environments: [{ id: 23, name: 'Production', deployment_type: 'production', engine: 'dbt', jobs: manyJobs() }],
      },
    ],
  }
}

const checkJobs = [
  { id: 101, name: 'Build', execute_steps: ['dbt run --select tag:good', 'dbt test --select tag:good'] },
  { id: 102, name: 'Fails', execute_steps: ['dbt build --select +tag:broken'] },
  { id: 103, name: 'Slow', execute_steps: ['dbt run --select slow'] },
  { id: 104, name: 'Fails once', execute_steps: ['dbt run --select fails_once'] },
  // In memory, so that a copy of it can run at the same time: runs that share a DuckDB file never overlap.
  { id: 105, name: 'Slow in memory', execute_steps: ['dbt run --select slow'], settings: { target_name: 'memory' } },
]

function manyJobs() {
  return Array.from({ length: jobsOnTwoPages }, (_, index) => ({
    id: 1001 + index,
    name: `Job ${index + 1}`,
    execute_steps: ['dbt parse'],
  }))
}
