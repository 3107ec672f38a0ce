import express, { type Express } from 'express'

/** Swagger UI over the files of `openapi/`, all from this server; `scripts/build/api-docs.mjs` makes the folder. */
export function serveDocs(app: Express, folder: string): void {
  app.use('/api/docs', express.static(folder, { index: 'index.html', redirect: true, maxAge: '1h' }))
}
