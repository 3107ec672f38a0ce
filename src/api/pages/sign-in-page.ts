import { type Html, html } from './html.ts'
import { page } from './page.ts'

/** Asks for a token, and comes back to `action`; without one there is nowhere to come back to, and no form. */
export function signInPage(action: string | undefined, problem?: string): string {
  return page(
    'Sign in · Stratus',
    html`
<h1>Stratus</h1>
<p>Pages of this server need a service token of the account, as API clients do. <code>stratus dev</code> prints a link that
signs you in without one.</p>
${problem === undefined ? undefined : html`<p class="failure">${problem}</p>`}
${action === undefined ? undefined : tokenForm(action)}`,
  )
}

function tokenForm(action: string): Html {
  return html`<form method="post" action="${action}">
<label for="token">Service token</label>
<input id="token" name="token" type="password" autocomplete="off" required autofocus>
<div><button>Open</button></div>
</form>`
}

/** Asks for itself again at once. */
export function arrivalPage(): string {
  return page('Stratus', html`<p class="quiet">One moment …</p>`, { refreshSeconds: 0 })
}
