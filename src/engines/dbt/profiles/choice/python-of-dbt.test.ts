import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pythonOfDbt } from './python-of-dbt.ts'

describe('the Python of a dbt program', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'stratus-python-'))
    await writeFile(path.join(folder, 'python3'), '')
    await chmod(path.join(folder, 'python3'), 0o755)
  })
  afterAll(() => rm(folder, { recursive: true }))

  test.each([
    ['#!/opt/venv/bin/python\nimport sys\n', '/opt/venv/bin/python'],
    ['#!/opt/venv/bin/python3.12 -E\n', '/opt/venv/bin/python3.12'],
    [`#!/bin/sh\n'''exec' "/a path/bin/python3" "$0" "$@"\n' '''\n`, '/a path/bin/python3'],
    [`#!/bin/sh\n'''exec' /a/long/path/bin/python3 "$0" "$@"\n' '''\n`, '/a/long/path/bin/python3'],
    ['#!/usr/bin/env python3\n', 'on PATH'],
    ['#!/usr/bin/env bash\n', undefined],
    ['#!/bin/sh\nexec uv run dbt "$@"\n', undefined],
    ['\x7fELF', undefined],
    ['', undefined],
  ])('%j is %s', async (content, python) => {
    const program = path.join(folder, 'dbt')
    await writeFile(program, content)
    expect(await pythonOfDbt(program, folder)).toBe(python === 'on PATH' ? path.join(folder, 'python3') : python)
  })
})
