import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { measureLengths, quantile } from '../../scripts/lint/lengths.js'
import { longLines } from '../../scripts/lint/lines.js'
import { readSource } from '../../scripts/lint/source.js'
import { lintTree, readTree, type Violation } from '../../scripts/lint/tree.js'

const clean: Readonly<Record<string, string>> = {
  'index.ts': [
    `export { SimCluster } from './cluster/cluster.js'`,
    `export { authorize } from './rbac/evaluate.js'`,
  ].join('\n'),
  'sim/clock.ts': `export interface Clock { now(): number }`,
  'etcd/store.ts': `import type { Clock } from '../sim/clock.js'\nexport interface Store { clock: Clock }`,
  'api/selector.ts': `export const matches = (date: Date): Date => new Date(date)`,
  'apiserver/server.ts': [
    `import type { Store } from '../etcd/store.js'`,
    'export interface Server { store: Store }',
  ].join('\n'),
  'client/client.ts': `export interface Client { get(): unknown }`,
  'rbac/evaluate.ts':
    `import { matches } from '../api/selector.js'\nimport './covers.js'\nexport const authorize = ` +
    'matches',
  'rbac/covers.ts': `export const covers = 1`,
  'scheduler/queue.ts': [
    `import type { Client } from '../client/client.js'`,
    'export interface Queue { client: Client }',
  ].join('\n'),
  'kubelet/pods.ts': `export const pods = 1`,
  'kubectl/get.ts': [
    `import type { Client } from '../client/client.js'`,
    'export interface Get { client: Client }',
  ].join('\n'),
  'cluster/cluster.ts': `import '../etcd/store.js'\nimport '../kubectl/get.js'\nexport class SimCluster {}`,
  'server/https.ts':
    `import { createServer } from 'node:https'\nimport ` +
    `'../cluster/cluster.js'\nsetTimeout(createServer, 1)\nDate.now()`,
}

/** The violations of the clean tree with some files replaced. */
function lint(changes: Readonly<Record<string, string>>): readonly Violation[] {
  return lintTree(
    new Map(Object.entries({ ...clean, ...changes }).map(([file, text]) => [file, readSource(file, text)])),
  )
}

test('src keeps the laws of the house', () => {
  const tree = readTree(fileURLToPath(new URL('../../src', import.meta.url)))
  expect(tree.size).toBeGreaterThan(0)
  expect(lintTree(tree).map(({ file, line, message }) => `src/${file}:${line}: ${message}`)).toEqual([])
  for (const { name, value, goal } of measureLengths(tree))
    if (value > goal) console.warn(`lines of a ${name}: ${value}, goal ${goal}`)
})

test('a clean tree has no violation', () => {
  expect(lint({})).toEqual([])
})

test.each([
  ['upward', 'sim/clock.ts', `\nimport '../api/selector.js'`, 2, /upward import: sim must not know api/],
  [
    'upward, type only',
    'api/selector.ts',
    `import type { Server } from '../apiserver/server.js'`,
    1,
    /upward import/,
  ],
  [
    'upward, to the entry',
    'cluster/cluster.ts',
    `import '../index.js'`,
    1,
    /upward import: cluster must not know index.ts/,
  ],
  [
    'sideways',
    'kubelet/pods.ts',
    `export { x } from '../scheduler/queue.js'`,
    1,
    /sideways import: kubelet and scheduler/,
  ],
  ['sideways, export all', 'kubelet/pods.ts', `export * from '../scheduler/queue.js'`, 1, /sideways import/],
  ['dynamic', 'sim/clock.ts', `export const load = () => import('../etcd/store.js')`, 1, /upward import/],
  [
    'import type expression',
    'sim/clock.ts',
    `export type S = import('../etcd/store.js').Store`,
    1,
    /upward import/,
  ],
  [
    'a component past the client',
    'scheduler/queue.ts',
    `import '../apiserver/server.js'`,
    1,
    /scheduler sees only client/,
  ],
  ['kubectl to a component', 'kubectl/get.ts', `import '../kubelet/pods.js'`, 1, /kubectl sees only/],
  ['the store, from client', 'client/client.ts', `import '../etcd/store.js'`, 1, /only apiserver/],
  ['the store, from the entry', 'index.ts', `import './etcd/store.js'`, 1, /only apiserver/],
  ['the server, from the entry', 'index.ts', `import './server/https.js'`, 1, /must not import server/],
  [
    'an evaluator that knows a client',
    'rbac/evaluate.ts',
    `import '../client/client.js'`,
    1,
    /pure evaluator/,
  ],
  ['what an evaluator needs', 'rbac/covers.ts', `import '../sim/clock.js'`, 1, /pure evaluator/],
  ['an unknown folder', 'utils/all.ts', `import '../sim/clock.js'`, 1, /not in the table/],
  ['a missing file', 'sim/clock.ts', `import './gone.js'`, 1, /no file of src/],
  ['out of src', 'sim/clock.ts', `import '../../test/setup.js'`, 1, /outside src/],
  ['the package itself', 'cluster/cluster.ts', `import 'simcluster'`, 1, /not the package itself/],
  ['Node', 'sim/clock.ts', `import { readFileSync } from 'node:fs'`, 1, /must not import node:fs/],
])('finds %s', (_name, file, text, line, message) => {
  expect(lint({ [file]: text }).filter((found) => !found.message.includes('circle'))).toEqual([
    { file, line, message: expect.stringMatching(message) },
  ])
})

test.each([
  'Date.now()',
  'new Date()',
  'Date()',
  'Math.random()',
  'setTimeout(f, 1)',
  'setInterval(f, 1)',
  'setImmediate(f)',
  'queueMicrotask(f)',
  'performance.now()',
  'globalThis.setTimeout(f)',
  'globalThis.Math.random()',
  'crypto.randomUUID()',
  '[setTimeout]',
  '{ later: setTimeout }',
])('finds %s in the core', (text) => {
  expect(lint({ 'sim/clock.ts': `const f = 1\nexport const bad = ${text}` })).toHaveLength(1)
  expect(lint({ 'server/clock.ts': `const f = 1\nexport const good = ${text}` })).toEqual([])
})

test.each([
  'new Date(0)',
  'Date.parse("x")',
  'Math.max(1, 2)',
  'clock.now()',
  'timers.setTimeout(1)',
  '{ setTimeout: 1 }',
  '"Date.now()"',
  'random.random()',
])('lets %s pass', (text) => {
  expect(lint({ 'sim/clock.ts': `export const good = ${text}` })).toEqual([])
})

test('finds a circle of two and of three files, once each, and a file that imports itself', () => {
  const found = lint({
    'api/a.ts': `import './b.js'`,
    'api/b.ts': `import './a.js'`,
    'sim/a.ts': `\nimport type { B } from './b.js'`,
    'sim/b.ts': `import './c.js'`,
    'sim/c.ts': `import './a.js'\nimport './clock.js'`,
    'rbac/self.ts': `import './self.js'`,
  })
  expect(found).toEqual([
    { file: 'api/a.ts', line: 1, message: 'import circle: api/a.ts -> api/b.ts -> api/a.ts' },
    { file: 'sim/a.ts', line: 2, message: 'import circle: sim/a.ts -> sim/b.ts -> sim/c.ts -> sim/a.ts' },
    { file: 'rbac/self.ts', line: 1, message: 'import circle: rbac/self.ts -> rbac/self.ts' },
  ])
})

test('measures lines of files and functions', () => {
  const facts = readSource(
    'x.ts',
    `export function one(): number {\n  return 1\n}\nexport const two = (): number => 2`,
  )
  expect(facts.lines).toBe(4)
  expect(facts.functions.map(({ text }) => text)).toEqual(['3', '1'])
  expect([quantile([3, 1, 2], 0.5), quantile([3, 1, 2], 1), quantile([], 0.5)]).toEqual([2, 3, 0])
})

test('finds lines that are too long, but not those of verbatim text, patterns and words', () => {
  const long = 'x'.repeat(110)
  const found = (text: string): readonly number[] => longLines('a.ts', text).map(({ line }) => line)
  expect(found(`const a = 1\n// ${long}\n`)).toEqual([2])
  expect(found(`const a = '${'some words '.repeat(11)}'`)).toEqual([1])
  expect(found(`const a = \`\${b} ${'some words '.repeat(11)}\``)).toEqual([1])
  expect(found(`const a = \`\n${'some words '.repeat(11)}\${b}\n\``)).toEqual([])
  expect(found(`const a = /${long}/`)).toEqual([])
  expect(found(`const a = '${long}'`)).toEqual([])
})
