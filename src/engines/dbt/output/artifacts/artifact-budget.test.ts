import { ArtifactBudget } from './artifact-budget.ts'

const mebibyte = 1024 * 1024

test('all artifacts of a run have eight times the size of the largest one, together', () => {
  const budget = new ArtifactBudget(mebibyte)
  const kept = Array.from({ length: 8 }, (_, index) => budget.take(`compiled/${index}`, mebibyte))
  expect(new Set(kept)).toEqual(new Set([undefined]))
  expect(budget.take('manifest.json', 1)).toBe(
    'all artifacts of a run have at most 8 MB, 8 times STRATUS_MAX_ARTIFACT_MB',
  )
  expect(budget.take('compiled/empty', 0)).toBeUndefined()
})
