import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const folder = join(import.meta.dirname, '../../src/netpol')
const imports = (file: string): readonly string[] =>
  readFileSync(join(folder, file), 'utf8').match(/^import [^']*'[^']+'/gm) ?? []

it('the proof checker shares no code with what it checks', () => {
  const files = ['proof-errors.ts', ...readdirSync(join(folder, 'check')).map((name) => `check/${name}`)]
  const values = files.flatMap((file) =>
    imports(file)
      .filter((line) => !line.startsWith('import type'))
      .map((line) => /'([^']+)'/.exec(line)?.[1] ?? ''),
  )
  expect(values.length).toBeGreaterThan(5)
  const own = files.map((file) => file.replace('.ts', '.js').split('/').at(-1))
  // world-of.js only picks the objects out of a file or a cluster; what it imports is held below
  const shared = ['ipaddr.js', './world-of.js', '../lang/input-error.js']
  expect(values.filter((from) => !shared.includes(from) && !own.includes(from.split('/').at(-1)))).toEqual([])
  const types = files.flatMap((file) =>
    imports(file)
      .filter((line) => line.startsWith('import type'))
      .map((line) => /'([^']+)'/.exec(line)?.[1]?.replace(/^.*\//, '') ?? ''),
  )
  expect([...new Set(types)].filter((name) => !own.includes(name)).sort()).toEqual([
    'labels.js',
    'maps.js',
    'model.js',
    'options.js',
    'proof.js',
    'world.js',
  ])
})

it('what reads a world for both the evaluator and the checker judges nothing', () => {
  const values = imports('world-of.ts').filter((line) => !line.startsWith('import type'))
  expect(values.map((line) => /'([^']+)'/.exec(line)?.[1])).toEqual([
    '../lang/input-error.js',
    '../api/core/pods/workload-template.js',
    '../api/manifests.js',
  ])
})
