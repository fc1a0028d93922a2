import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClusterRole } from '../../src/api/rbac/generated.js'
import { aggregatedPolicy, aggregatedRules, authorize } from '../../src/rbac/index.js'
import type { AnyRbacObject } from '../../src/testing/index.js'
import { arbitraries } from '../../src/testing/index.js'

// the code between marks is what docs/access.md shows, so that what a user copies has run

describe('properties to copy', () => {
  it('adding a binding never takes rights away', () => {
    // docs:
    const { scenario, binding } = arbitraries(fc).rbac()
    fc.assert(
      fc.property(scenario, binding, ({ objects, request }, { metadata, ...rest }) => {
        const added = { ...rest, metadata: { ...metadata, name: 'added' } }
        if (authorize(objects, request).allowed)
          expect(authorize([...objects, added], request).allowed).toBe(true)
      }),
    )
    // :docs
  })

  it('an aggregated role gives what the roles that it selects give, no more and no less', () => {
    // docs:
    const { aggregatedClusterRole, labelledClusterRole, request } = arbitraries(fc).rbac()
    const parts = fc.uniqueArray(labelledClusterRole, {
      selector: ({ metadata }) => metadata.name,
      maxLength: 3,
    })
    const boundTo = (user: string, rules: ClusterRole['rules'] = []): readonly AnyRbacObject[] => [
      { kind: 'ClusterRole', metadata: { name: 'r' }, rules },
      {
        kind: 'ClusterRoleBinding',
        metadata: { name: 'b' },
        subjects: [{ kind: 'User', name: user }],
        roleRef: { apiGroup: '', kind: 'ClusterRole', name: 'r' },
      },
    ]
    fc.assert(
      fc.property(aggregatedClusterRole, parts, request, (all, roles, question) => {
        const may = (rules: ClusterRole['rules']): boolean =>
          authorize(boundTo(question.user, rules), question).allowed
        const [label = ''] = Object.keys(all.aggregationRule?.clusterRoleSelectors?.[0]?.matchLabels ?? {})
        const selected = roles.filter(({ metadata }) => metadata.labels?.[label] === 'true')
        expect(may(aggregatedRules(all, roles))).toBe(selected.some(({ rules }) => may(rules)))
      }),
    )
    // :docs
  })

  it('view can never write', () => {
    // docs:
    const policy = aggregatedPolicy() as readonly AnyRbacObject[]
    const rules = policy.flatMap((object) => ('rules' in object ? (object.rules ?? []) : []))
    const resources = [...new Set(rules.flatMap((rule) => rule.resources ?? []))].filter(
      (name) => !name.includes('/'),
    )
    const { request } = arbitraries(fc).rbac({
      resources,
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
    })
    const viewer: AnyRbacObject = {
      kind: 'ClusterRoleBinding',
      metadata: { name: 'viewer' },
      subjects: [{ kind: 'User', name: 'jane' }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    }
    fc.assert(
      fc.property(request, (question) => {
        expect(authorize([...policy, viewer], { ...question, user: 'jane', groups: [] }).allowed).toBe(false)
      }),
    )
    // :docs
  })

  it('a RoleBinding gives nothing outside its namespace', () => {
    // docs:
    const { role, roleBinding, request } = arbitraries(fc).rbac()
    fc.assert(
      fc.property(fc.array(role), fc.array(roleBinding), request, (roles, bindings, question) => {
        if (
          authorize(
            [...roles, ...bindings.filter(({ metadata }) => metadata.namespace !== question.namespace)],
            question,
          ).allowed
        )
          expect.unreachable()
      }),
    )
    // :docs
  })

  it('are those of the guide, to the letter', () => {
    const blocks = (text: string, pattern: RegExp): readonly string[] =>
      [...text.matchAll(pattern)].map(([, code = '']) => code.replaceAll(/^ {4}/gm, '').trim())
    const here = blocks(readFileSync(new URL(import.meta.url), 'utf8'), /\/\/ docs:\n(.*?)\n *\/\/ :docs/gs)
    const guide =
      readFileSync(new URL('../../docs/access.md', import.meta.url), 'utf8').split(
        '## Properties to copy',
      )[1] ?? ''
    expect(blocks(guide.split('\n## ')[0] ?? '', /```ts\n(.*?)```/gs).slice(1)).toEqual(here)
  })
})

describe('the arbitraries', () => {
  it('shrink to one role of one rule and one binding of one subject', () => {
    const { scenario } = arbitraries(fc).rbac()
    const { failed, counterexample } = fc.check(
      fc.property(scenario, ({ objects, request }) => !authorize(objects, request).allowed),
      { numRuns: 1000 },
    )
    expect(failed).toBe(true)
    const [{ objects, request }] = counterexample as NonNullable<typeof counterexample>
    expect(objects).toMatchObject([
      {
        metadata: {},
        rules: [
          { verbs: [expect.any(String)], apiGroups: [expect.any(String)], resources: [expect.any(String)] },
        ],
      },
      { metadata: { name: 'b1' }, subjects: [{}], roleRef: { name: objects[0]?.metadata.name } },
    ])
    expect(JSON.stringify(objects).length).toBeLessThan(500)
    expect(Object.keys(request)).not.toContain('name')
  })

  it('make both answers, all kinds of objects, and only what an apiserver takes', () => {
    const { scenario } = arbitraries(fc).rbac()
    const seen = new Map<string, number>()
    const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1)
    for (const { objects, request } of fc.sample(scenario, 400)) {
      count(authorize(objects, request).allowed ? 'allowed' : 'denied')
      count(request.path === undefined ? 'resource' : 'path')
      for (const { kind = '', metadata } of objects) {
        count(kind)
        expect(kind.startsWith('Cluster')).toBe(metadata.namespace === undefined)
      }
    }
    for (const what of [
      'allowed',
      'denied',
      'path',
      'ClusterRole',
      'Role',
      'ClusterRoleBinding',
      'RoleBinding',
    ])
      expect(seen.get(what) ?? 0, what).toBeGreaterThan(20)
  })
})
