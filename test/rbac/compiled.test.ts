import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/definition.js'
import type { PolicyRule } from '../../src/api/rbac/generated.js'
import type { StoreView } from '../../src/apiserver/ports.js'
import { RbacAuthorizer } from '../../src/rbac/authorizer.js'
import { UnionAuthorizer } from '../../src/rbac/union.js'
import { authorize, covers, whoCan } from '../../src/rbac/index.js'
import type { AccessQuery } from '../../src/rbac/index.js'

const GROUP = 'rbac.authorization.k8s.io'
const RESOURCES: Readonly<Record<string, string>> = {
  ClusterRole: 'clusterroles', Role: 'roles', ClusterRoleBinding: 'clusterrolebindings', RoleBinding: 'rolebindings',
}

/** RBAC objects by key, in key order, that tells of changes as a store does. */
class FakeStore {
  readonly #objects = new Map<string, KubeObject>()
  readonly #listeners: { readonly resource: string, readonly listener: (next?: KubeObject, old?: KubeObject) => void }[] = []

  readonly view: StoreView = {
    now: () => 0,
    get: () => undefined,
    withField: () => [],
    list: <T extends KubeObject>(resource: string) => this.all().filter(({ kind }) => RESOURCES[kind as string] === resource) as unknown as readonly T[],
    onChange: (resource, listener) => void this.#listeners.push({ resource, listener: listener as never }),
  }

  all(): readonly KubeObject[] {
    return [...this.#objects.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
  }

  write(object: KubeObject, exists: boolean): void {
    const key = `${object.kind as string}/${object.metadata.namespace ?? ''}/${object.metadata.name as string}`
    const old = this.#objects.get(key)
    if (exists) this.#objects.set(key, object)
    else this.#objects.delete(key)
    if (!exists && old === undefined) return
    for (const { resource, listener } of this.#listeners) {
      if (resource === RESOURCES[object.kind as string]) listener(exists ? object : undefined, old)
    }
  }
}

const some = (...values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values)
const list = (values: fc.Arbitrary<string>): fc.Arbitrary<readonly string[]> => fc.uniqueArray(values, { minLength: 1, maxLength: 3 })
const verb = some('get', 'list', 'create', '*')
const rule: fc.Arbitrary<PolicyRule> = fc.oneof(
  { arbitrary: fc.record({
    verbs: list(verb), apiGroups: list(some('', 'apps', '*')), resources: list(some('pods', 'pods/log', 'deployments', '*', '*/log')),
    resourceNames: fc.option(list(some('a', 'b')), { nil: undefined }),
  }), weight: 4 },
  { arbitrary: fc.record({ verbs: list(verb), nonResourceURLs: list(some('/healthz', '/api/*', '*')) }), weight: 1 },
).map((each) => JSON.parse(JSON.stringify(each)) as PolicyRule)

const namespace = some('n1', 'n2')
const subject = fc.oneof(
  fc.record({ kind: some('User'), apiGroup: fc.constant(GROUP), name: some('u1', 'u2') }),
  fc.record({ kind: some('Group'), apiGroup: fc.constant(GROUP), name: some('g1', 'g2') }),
  fc.record({ kind: some('ServiceAccount'), name: some('s1'), namespace: fc.option(namespace, { nil: undefined }) }),
)

const object = (): fc.Arbitrary<KubeObject> => fc.oneof(
  fc.record({ kind: some('ClusterRole'), metadata: fc.record({ name: some('r1', 'r2') }), rules: fc.array(rule, { maxLength: 3 }) }),
  fc.record({ kind: some('Role'), metadata: fc.record({ name: some('r1', 'r2'), namespace }), rules: fc.array(rule, { maxLength: 3 }) }),
  fc.record({
    kind: some('ClusterRoleBinding'), metadata: fc.record({ name: some('b1', 'b2', 'b3') }), subjects: fc.array(subject, { maxLength: 3 }),
    roleRef: fc.record({ apiGroup: fc.constant(GROUP), kind: some('ClusterRole'), name: some('r1', 'r2') }),
  }),
  fc.record({
    kind: some('RoleBinding'), metadata: fc.record({ name: some('b1', 'b2', 'b3'), namespace }), subjects: fc.array(subject, { maxLength: 3 }),
    roleRef: fc.record({ apiGroup: fc.constant(GROUP), kind: some('ClusterRole', 'Role'), name: some('r1', 'r2') }),
  }),
) as unknown as fc.Arbitrary<KubeObject>

const query: fc.Arbitrary<AccessQuery> = fc.oneof(
  { arbitrary: fc.record({
    user: some('u1', 'u2', 'system:serviceaccount:n1:s1', 'system:serviceaccount:n2:s1'), groups: fc.subarray(['g1', 'g2', 'system:masters'], { maxLength: 2 }),
    verb: some('get', 'list', 'create', 'delete'), apiGroup: some('', 'apps'), resource: some('pods', 'deployments'), subresource: some('', 'log'),
    name: some('', 'a', 'c'), namespace: some('', 'n1', 'n2'),
  }), weight: 5 },
  { arbitrary: fc.record({ user: some('u1', 'u2'), groups: fc.subarray(['g1', 'g2']), verb: some('get', 'list'), path: some('/healthz', '/api/v1', '/x') }), weight: 1 },
)

function ask(authorizer: UnionAuthorizer, { user, groups = [], apiGroup = '', resource = '', path, ...rest }: AccessQuery): ReturnType<UnionAuthorizer['authorize']> {
  return authorizer.authorize({ name: user, groups }, path === undefined ? { ...rest, group: apiGroup, resource } : { verb: rest.verb, path })
}

describe('the compiled form', () => {
  it('answers as the plain evaluator does, after any sequence of changes', () => {
    const change = fc.record({ object: object(), exists: fc.boolean().map((value) => value) })
    let allowed = 0
    let asked = 0
    fc.assert(fc.property(fc.array(object(), { maxLength: 8 }), fc.array(change, { maxLength: 8 }), fc.array(query, { minLength: 1, maxLength: 6 }), (first, changes, queries) => {
      const store = new FakeStore()
      for (const each of first) store.write(each, true)
      const rbac = new RbacAuthorizer(store.view)
      const union = new UnionAuthorizer([rbac])
      for (const each of [undefined, ...changes]) {
        if (each !== undefined) store.write(each.object, each.exists)
        for (const one of queries) {
          const verdict = authorize(store.all(), one)
          const { allowed: isAllowed, reason = '' } = ask(union, one)
          expect(isAllowed).toBe(verdict.allowed)
          asked++
          if (!verdict.allowed) {
            expect(reason !== '').toBe(verdict.proof.tried.some(({ roleNotFound }) => roleNotFound))
            continue
          }
          allowed++
          if (verdict.proof.kind === 'rule') expect(reason).toContain(`"${verdict.proof.role.name}"`)
        }
      }
    }), { numRuns: 400 })
    expect(allowed / asked).toBeGreaterThan(0.1) // else nothing has been tested
  })

  it('a proof names a rule that allows by itself; what whoCan answers is what authorize allows', () => {
    fc.assert(fc.property(fc.array(object(), { maxLength: 10 }), query, (objects, one) => {
      const verdict = authorize(objects, one)
      if (verdict.allowed && verdict.proof.kind === 'rule') {
        const { binding, subject: who, role, rule: found } = verdict.proof
        const scope = binding.namespace === undefined ? {} : { namespace: binding.namespace }
        const alone = [
          { kind: role.kind, metadata: { name: role.name, ...(role.namespace === undefined ? {} : { namespace: role.namespace }) }, rules: [found] },
          { kind: binding.kind, metadata: { name: binding.name, ...scope }, subjects: [who], roleRef: { apiGroup: GROUP, kind: role.kind, name: role.name } },
        ] as unknown as readonly KubeObject[]
        expect(authorize(alone, one).allowed).toBe(true)
      }
      for (const { subject: who } of whoCan(objects, one)) {
        const as = who.kind === 'User' ? { user: who.name } : who.kind === 'Group' ? { user: 'x', groups: [who.name] }
          : { user: `system:serviceaccount:${who.namespace ?? ''}:${who.name}` }
        if (who.kind === 'ServiceAccount' && who.namespace === undefined) continue // names nobody
        expect(authorize(objects, { ...one, groups: [], ...as }).allowed).toBe(true)
      }
    }), { numRuns: 400 })
  })
})

describe('covers', () => {
  it('is about the same rights as authorize: what is covered allows no more', () => {
    fc.assert(fc.property(fc.array(rule, { maxLength: 3 }), fc.array(rule, { maxLength: 3 }), query, (held, wanted, { groups: _groups, ...one }) => {
      const bound = (rules: readonly PolicyRule[]): readonly KubeObject[] => [
        { kind: 'ClusterRole', metadata: { name: 'r' }, rules },
        { kind: 'ClusterRoleBinding', metadata: { name: 'b' }, subjects: [{ kind: 'User', name: one.user }], roleRef: { kind: 'ClusterRole', name: 'r' } },
      ] as unknown as readonly KubeObject[]
      if (covers(held, wanted) && authorize(bound(wanted), one).allowed) expect(authorize(bound(held), one).allowed).toBe(true)
      expect(covers(held, held)).toBe(true)
    }), { numRuns: 1000 })
  })
})
