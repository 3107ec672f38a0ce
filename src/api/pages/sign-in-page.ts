import { html } from './html.ts'
import { page } from './page.ts'

/** Asks for a token, and comes back to where the browser was. */
export function signInPage(action: string, problem?: string): string {
  return page(
    'Sign in · Stratus',
    html`
<h1>Stratus</h1>
<p>Pages of this server need a service token of the account, as API clients do.</p>
${problem === undefined ? undefined : html`<p class="failure">${problem}</p>`}
<form method="post" action="${action}">
<label for="token">Service token</label>
<input id="token" name="token" type="password" autocomplete="off" required autofocus>
<div><button>Open</button></div>
</form>`,
  )
}
