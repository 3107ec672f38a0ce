import { needsDbt, renderEnvVars } from './render-env-vars.ts'

test.each([
  ['plain.duckdb', 'plain.duckdb', false],
  ["{{ env_var('HERE') }}/x.duckdb", '/data/x.duckdb', false],
  ['{{env_var("MISSING","default")}}.duckdb', 'default.duckdb', false],
  ["{{ env_var('HERE') }}-{{ env_var('PORT', '1') | int }}", '/data-5432', false],
  ["{{ env_var('NONE', 15) }}", '15', false],
  ["{{ env_var('WHERE') | lower }}", 'prod', false],
  ["{{ env_var('NONE', 'dev') | upper }}", 'DEV', false],
  ["{{ env_var('HERE') }}\n", '/data', false],
  ["{{ env_var('MISSING') }}", undefined, false],
  ["{{ env_var('HERE') ~ '/x' }}", undefined, true],
  ["{{- env_var('HERE') -}}", undefined, true],
  ["{{ env_var('DBT_ENV_SECRET_X') | lower }}", undefined, true],
  ["{{ env_var('HERE') | lower | trim }}", undefined, true],
  ['{% if true %}x{% endif %}', undefined, true],
  ['{# a comment #}x', undefined, true],
])('%j becomes %j', (text, rendered, forDbt) => {
  expect(renderEnvVars(text, { HERE: '/data', PORT: '5432', WHERE: 'PROD' })).toBe(rendered)
  expect(needsDbt(text)).toBe(forDbt)
})
