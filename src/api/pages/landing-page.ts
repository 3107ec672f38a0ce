/** A browser sees this at `/`. */
export const landingPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Stratus</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
code { background: #8882; padding: .1em .3em; border-radius: .2em }
</style>
</head>
<body>
<h1>Stratus</h1>
<p>This server speaks the dbt Cloud Admin API and really runs dbt.</p>
<p>Clients need a service token in the header <code>Authorization: Token …</code>.</p>
<ul>
<li><a href="/api/docs/">The API, described</a></li>
<li><a href="/healthz">Health</a></li>
<li>Accounts: <code>GET /api/v2/accounts/</code></li>
<li>Jobs: <code>GET /api/v2/accounts/{account}/jobs/</code></li>
<li>Runs: <code>GET /api/v2/accounts/{account}/runs/?order_by=-id</code></li>
</ul>
</body>
</html>
`
