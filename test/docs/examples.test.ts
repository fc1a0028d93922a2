import * as fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { audit, prodCluster } from '../../examples/access.js'
import { properties } from '../../examples/properties.js'
import { mishaps, whatHappens } from '../../examples/troubleshooting.js'
import { clusterWithTeams } from '../../examples/webhook.js'

const guides = [
  'testing',
  'properties',
  'controllers',
  'webhooks',
  'policies',
  'rbac',
  'troubleshooting',
  'migrating',
]

test.each(guides)('docs/%s.md is opened by a file that runs', (name) => {
  const text = readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8')
  const [, opening = ''] = /^# .*\n\n([\s\S]*?)\n\n/.exec(text) ?? []
  const [, file = ''] = /`(examples\/[\w.-]+)`/.exec(opening) ?? []
  expect(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')).toMatch(
    /Run[\s*]+it|`node examples/,
  )
})

describe('examples/troubleshooting.ts', () => {
  test.each(mishaps)('tells: $what', (mishap) => {
    const { summary, why } = whatHappens(mishap)
    expect(summary).toContain('deployments default/web ')
    expect(why.replaceAll('\n', ' ')).toContain(mishap.says)
  })
})

test('examples/webhook.ts refuses, changes, and is not asked elsewhere', () => {
  const cluster = clusterWithTeams()
  expect(cluster.kubectl('run web -n office --image=nginx').stderr).toBe(
    'Error from server: admission webhook "teams.example.com" denied the request: which team?\n',
  )
  cluster.kubectl('run web -n office --image=nginx --labels=team=a')
  expect(cluster.get('pods', 'office/web').spec.nodeSelector).toEqual({ team: 'a' })
  cluster.kubectl('run web --image=nginx')
  expect(cluster.get('pods', 'web').spec.nodeSelector).toBeUndefined()
})

test('examples/access.ts finds the users, and the way of an account', () => {
  const { now, eventually, ofCi } = audit(prodCluster())
  expect(now).toEqual(expect.arrayContaining(['jane', 'robot']))
  expect(now).not.toContain('ci')
  expect(eventually).toContain('ci')
  expect(ofCi).toEqual(['create-pod'])
})

test.each(Object.entries(properties))('examples/properties.ts: %s', async (_name, property) => {
  await fc.assert(property, { numRuns: 3 })
})
