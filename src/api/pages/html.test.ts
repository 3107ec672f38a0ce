import { html } from './html.ts'

test('values are escaped, HTML of our own is not', () => {
  const items = ['<b>', '"&"'].map((text) => html`<li title="${text}">${text}</li>`)
  expect(html`<ul>${items}</ul>${undefined}${3}`.text).toBe(
    '<ul><li title="&lt;b&gt;">&lt;b&gt;</li><li title="&quot;&amp;&quot;">&quot;&amp;&quot;</li></ul>3',
  )
})
