import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { kindFiles } from '../../scripts/new.js'
import { newestMinor, oldestMinor } from '../../src/api/releases.js'
import { createScheme } from '../../src/api/scheme.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string): string =>
  existsSync(`${root}${path}`) ? readFileSync(`${root}${path}`, 'utf8') : ''

/** Files that serve all kinds. */
const SHARED = [
  'src/api/definitions.ts',
  'src/api/scheme.ts',
  'src/api/schemas.ts',
  'src/api/releases.ts',
  'src/apiserver/pipeline.ts',
  ...['src/api/kind', 'src/api/schema', 'src/apiserver/registry', 'src/apiserver/apply'].flatMap((folder) =>
    readdirSync(`${root}${folder}`).map((file) => `${folder}/${file}`),
  ),
]

/** Kinds that shared files name, each with the reason. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  // all workloads have the same subresource
  'src/api/kind/define.ts': ['Scale'],
  // the message of an example
  'src/api/kind/kind-schema.ts': ['Deployment'],
  'src/apiserver/registry/resources.ts': ['Deployment'],
  // the storage of both deletes in two steps
  'src/apiserver/registry/delete.ts': ['CustomResourceDefinition', 'Namespace'],
}

test('files for all kinds name none, so that all about a kind is in its own files', () => {
  const kinds = new Set<string>()
  for (let minor = oldestMinor; minor <= newestMinor; minor++)
    for (const { kind } of createScheme(`v1.${minor}`).definitions()) kinds.add(kind)
  const named = SHARED.flatMap((file) => {
    const texts = Array.from(read(file).matchAll(/'([A-Z]\w+)'/g), ([, text = '']) => text)
    const found = [...new Set(texts)].filter((text) => kinds.has(text)).toSorted()
    return found.length === 0 ? [] : [[file, found] as const]
  })
  expect(Object.fromEntries(named)).toEqual(NAMED)
})

const budgets = { kind: 'PodDisruptionBudget', group: 'policy', since: 21, namespaced: true }

/** The repository as before someone wrote budgets. */
const withoutBudgets = (path: string): string =>
  path.endsWith('/pod-disruption-budget.ts')
    ? ''
    : read(path).replaceAll(/^.*podDisruptionBudgetDefinition.*$/gm, '')

test('a new kind touches three files', () => {
  const files = kindFiles(budgets, withoutBudgets)
  expect(Object.keys(files)).toEqual([
    'src/api/policy/pod-disruption-budget.ts',
    'src/api/policy/definitions.ts',
    'test/api/policy/pod-disruption-budget.test.ts',
  ])
  const [kind = '', facts = ''] = Object.values(files)
  expect(kind).toContain("emptyMessage(policySchema, 'PodDisruptionBudgetStatus')")
  expect(facts).toContain('served(podDisruptionBudgetDefinition, { since: 21 }),')
})

test('a kind that is there, or whose types are not generated, is refused', () => {
  expect(() => kindFiles(budgets, read)).toThrow('src/api/policy has PodDisruptionBudget already')
  expect(() => kindFiles({ ...budgets, kind: 'PodDisruptionBudgets' }, read)).toThrow(
    'src/api/policy/generated.ts has no PodDisruptionBudgets (did you mean PodDisruptionBudget?)',
  )
})
