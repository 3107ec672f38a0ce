import { renderEnvVars } from './render-env-vars.ts'

test.each([
  ['plain.duckdb', 'plain.duckdb'],
  ["{{ env_var('HERE') }}/x.duckdb", '/data/x.duckdb'],
  ['{{env_var("MISSING","default")}}.duckdb', 'default.duckdb'],
  ["{{ env_var('HERE') }}-{{ env_var('PORT', '1') | int }}", '/data-5432'],
  ["{{ env_var('MISSING') }}", undefined],
  ["{{ env_var('HERE') ~ '/x' }}", undefined],
  ['{% if true %}x{% endif %}', undefined],
])('%j becomes %j', (text, rendered) => {
  expect(renderEnvVars(text, { HERE: '/data', PORT: '5432' })).toBe(rendered)
})
