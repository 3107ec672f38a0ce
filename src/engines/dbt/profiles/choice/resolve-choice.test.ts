import { parsePyyaml } from '../../../../util/pyyaml/parse-pyyaml.ts'
import type { Choice, Verdict } from './choice.ts'
import { resolveChoice } from './resolve-choice.ts'

const profiles = `
shop:
  target: "{{ env_var('DBT_WHERE', 'DEV') | lower }}"
  outputs:
    dev: {type: duckdb, path: "{{ env_var('FOLDER') }}/dev.duckdb"}
    empty:
    default: {type: postgres, host: "{{ env_var('HOST') ~ '.example.com' }}"}
    odd: {type: duckdb, path: "{{ 'odd' }}.duckdb"}
cond: {target: "{% if true %}dev{% endif %}", outputs: {dev: {type: duckdb}}}
bare: {outputs: {dev: {type: duckdb}}}
lost: {target: "{{ env_var('NOWHERE') }}", outputs: {dev: {type: duckdb}}}
number: {target: 1, outputs: {dev: {type: duckdb}}}
broken: {target: dev}
nothing:
`

function resolve(choice: Choice, own: unknown, variables: Record<string, string> = {}): Verdict {
  const project = { file: 'dbt_project.yml', profile: own, doubt: undefined }
  const file = { file: 'profiles.yml', text: profiles, ...parsePyyaml(profiles) }
  return resolveChoice(choice, { project, profiles: file, variables })
}

test.each<[Choice, unknown, Record<string, string>, string, string]>([
  [{}, 'shop', {}, 'shop', 'dev'],
  [{}, 'shop', { DBT_WHERE: 'Default' }, 'shop', 'default'],
  [{}, "{{ env_var('OWN', 'shop') }}", {}, 'shop', 'dev'],
  [{ target: 'default' }, 'shop', {}, 'shop', 'default'],
  [{ target: 'dev', targetIfThere: 'default' }, 'shop', {}, 'shop', 'default'],
  [{ profile: 'bare', target: 'dev', targetIfThere: 'default' }, 'shop', {}, 'bare', 'dev'],
  [{ targetIfThere: 'nope' }, 'shop', {}, 'shop', 'dev'],
  [{ profile: 'bare', target: 'dev' }, undefined, {}, 'bare', 'dev'],
])('%j of %j with %j is profile %s, target %s', (choice, own, variables, name, target) => {
  expect(resolve(choice, own, variables)).toMatchObject({ kind: 'known', name, target })
})

test.each<[Choice, unknown, RegExp]>([
  [{}, undefined, /names no profile/],
  [{ profile: 'nope' }, 'shop', /no profile 'nope' in profiles.yml; it has shop, cond,/],
  [{ profile: 'nothing' }, 'shop', /is empty or no mapping/],
  [{ profile: 'broken' }, 'shop', /broken\.outputs is missing/],
  [{ profile: 'constructor' }, 'shop', /no profile 'constructor'/],
  [{ target: 'nope' }, 'shop', /no target 'nope' in the profile 'shop' of profiles.yml; it has dev, empty, default/],
  [{ target: 'empty' }, 'shop', /The target 'empty' .* is empty/],
  [{ profile: 'lost' }, 'shop', /A variable that profiles.yml asks for is not set: .*NOWHERE/],
])('%j of %j is refused', (choice, own, reason) => {
  expect(resolve(choice, own)).toEqual({ kind: 'refused', reason: expect.stringMatching(reason) })
})

test.each<[Choice, unknown]>([
  [{ profile: 'cond' }, 'shop'],
  [{ profile: 'number' }, 'shop'],
  [{ target: 'odd' }, 'shop'],
  [{}, "{{ var('profile') }}"],
  [{}, 5],
])('%j of %j is for dbt to say', (choice, own) => {
  expect(resolve(choice, own).kind).toBe('unsure')
})
