import { Html, html } from './html.ts'

const style = new Html(`
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; margin-bottom: .2rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid #8884; vertical-align: top }
th { font-weight: 600; white-space: nowrap }
pre { background: #8881; padding: .75rem; border-radius: .4rem; overflow-x: auto; font-size: .85rem; line-height: 1.4 }
code { background: #8882; padding: .1em .3em; border-radius: .2em }
.status { font-weight: 600; padding: .1rem .5rem; border-radius: .3rem; color: #fff; background: #666 }
.Success { background: #2e7d32 } .Error { background: #c62828 } .Running, .Starting { background: #1565c0 }
.failure { border-left: .3rem solid #c62828; padding: .3rem .75rem; background: #c6282811; overflow-wrap: anywhere }
.quiet { color: #777 }
label { display: block; margin: 1rem 0 .3rem } input { font: inherit; width: 100%; max-width: 30rem; padding: .4rem }
button { font: inherit; padding: .4rem 1rem; margin-top: 1rem }
`)

/** Writes a whole page. `refreshSeconds`: the browser asks again after so long, without any script. */
export function page(title: string, body: Html, options: { refreshSeconds?: number } = {}): string {
  const refresh =
    options.refreshSeconds === undefined
      ? undefined
      : html`<meta http-equiv="refresh" content="${options.refreshSeconds}">`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
${refresh}
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`.text
}
