import { type EarlierStep, planRetrySteps, planSteps } from './plan-steps.ts'

const settings = {
  connectionName: 'Warehouse',
  commands: ['dbt seed', 'dbt build --select a.b'],
  freshness: false,
  docs: false,
}

function earlier(...steps: Array<[EarlierStep['kind'], string, string | null]>): EarlierStep[] {
  return steps.map(([kind, status, command], position) => ({ index: position + 1, kind, status, name: kind, command }))
}

describe('the steps of a run', () => {
  test('are clone, profile, deps, then the commands word by word', () => {
    expect(planSteps(settings).map((step) => [step.index, step.name])).toEqual([
      [1, 'Clone git repository'],
      [2, 'Create profile from connection Warehouse'],
      [3, 'Invoke dbt with `dbt deps`'],
      [4, 'Invoke dbt with `dbt seed`'],
      [5, 'Invoke dbt with `dbt build --select a.b`'],
    ])
  })

  test('freshness comes before the commands and docs after them', () => {
    const kinds = planSteps({ ...settings, freshness: true, docs: true }).map((step) => step.kind)
    expect(kinds).toEqual(['clone', 'profile', 'deps', 'freshness', 'command', 'command', 'docs'])
  })

  test('a schema override is named in the profile step', () => {
    expect(planSteps({ ...settings, schemaOverride: 'pr_7' })[1]?.name).toBe(
      "Create profile from connection Warehouse (override schema to 'pr_7')",
    )
  })
})

describe('the steps of a retry', () => {
  const prepared = [
    ['clone', 'success', null],
    ['profile', 'success', null],
    ['deps', 'success', 'dbt deps'],
  ] as const

  test('resume at the failed command and go on with the skipped ones', () => {
    const steps = planRetrySteps(
      { ...settings, freshness: true, docs: true },
      earlier(
        ...prepared.map(([kind, status, command]): [EarlierStep['kind'], string, string | null] => [
          kind,
          status,
          command,
        ]),
        ['freshness', 'error', 'dbt source freshness'],
        ['command', 'success', 'dbt seed'],
        ['command', 'error', 'dbt build'],
        ['command', 'skipped', 'dbt test'],
        ['docs', 'skipped', 'dbt docs generate'],
      ),
      true,
    )
    expect(steps.slice(3).map((step) => [step.kind, step.command, step.resumes])).toEqual([
      ['command', 'dbt build', true],
      ['command', 'dbt test', undefined],
      ['docs', 'dbt docs generate', undefined],
    ])
  })

  test('start over when the preparation had failed', () => {
    const steps = planRetrySteps(settings, earlier(['clone', 'error', null], ['profile', 'skipped', null]), true)
    expect(steps.map((step) => step.kind)).toEqual(['clone', 'profile', 'deps', 'command', 'command'])
    expect(steps.some((step) => step.resumes)).toBe(false)
  })
})
