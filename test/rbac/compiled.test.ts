import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/definition.js'
import type { PolicyRule } from '../../src/api/rbac/generated.js'
import type { StoreView } from '../../src/apiserver/ports.js'
import { RbacAuthorizer } from '../../src/rbac/authorizer.js'
import { UnionAuthorizer } from '../../src/rbac/union.js'
import { authorize, checkProof, compile, covers, whoCan } from '../../src/rbac/index.js'
import type { AccessQuery, Verdict } from '../../src/rbac/index.js'
import type { AnyRbacObject, RbacVocabulary } from '../../src/testing/index.js'
import { aimRequest, rbacArbitraries } from '../../src/testing/index.js'

interface Change {
  readonly object: KubeObject
  readonly exists: boolean
}

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

// many roles for few subjects: those of more than a handful of roles get an index of their own
const crowded: Partial<RbacVocabulary> = {
  users: ['u1'], groups: ['g1'], accounts: ['s1'], verbs: ['get', 'list'], apiGroups: ['', 'apps'], resources: ['pods', 'secrets'],
  roles: Array.from({ length: 12 }, (_, at) => `r${at}`), bindings: Array.from({ length: 12 }, (_, at) => `b${at}`),
}
const history = (words: Partial<RbacVocabulary>, size: number): fc.Arbitrary<readonly [readonly KubeObject[], readonly Change[], readonly AccessQuery[]]> => {
  const { role, clusterRole, binding, request } = rbacArbitraries(fc, words)
  const object = fc.oneof(role, clusterRole, binding, binding) as fc.Arbitrary<KubeObject>
  const change = fc.record({ object, exists: fc.boolean().map((value) => !value) })
  return fc.tuple(fc.array(object, { maxLength: size }), fc.array(change, { maxLength: size }), fc.array(request, { minLength: 1, maxLength: 6 }))
    .map(([first, changes, requests]) => {
      const objects = [...first, ...changes.map((each) => each.object)] as readonly AnyRbacObject[]
      return [first, changes, requests.map((one, at) => (at % 3 === 0 ? one : aimRequest(objects, one, at * 7)))] as const
    })
}

function ask(authorizer: UnionAuthorizer, { user, groups = [], apiGroup = '', resource = '', path, ...rest }: AccessQuery): ReturnType<UnionAuthorizer['authorize']> {
  return authorizer.authorize({ name: user, groups }, path === undefined ? { ...rest, group: apiGroup, resource } : { verb: rest.verb, path })
}

describe('the compiled form', () => {
  it.each([['few', {}, 8, 250], ['many', crowded, 40, 60]] as const)('answers as the plain evaluator does, after any sequence of changes: %s roles', (_, words, size, numRuns) => {
    let allowed = 0
    let asked = 0
    fc.assert(fc.property(history(words, size), ([first, changes, queries]) => {
      const store = new FakeStore()
      for (const each of first) store.write(each, true)
      const union = new UnionAuthorizer([new RbacAuthorizer(store.view)])
      const compiled = compile(store.all())
      for (const change of [undefined, ...changes]) {
        if (change !== undefined) {
          store.write(change.object, change.exists)
          if (change.exists) compiled.put(change.object)
          else compiled.remove(change.object)
        }
        for (const one of queries) {
          const verdict = authorize(store.all(), one)
          expect(compiled.allows(one)).toBe(verdict.allowed)
          const { allowed: isAllowed, reason = '' } = ask(union, one)
          expect(isAllowed).toBe(verdict.allowed)
          asked++
          if (!verdict.allowed) {
            expect(reason !== '').toBe(verdict.proof.tried.some(({ failed }) => failed === 'role'))
            continue
          }
          allowed++
          if (verdict.proof.kind !== 'rule') continue
          const { binding, role } = verdict.proof // the first by name in both
          expect(reason).toContain(`${binding.kind} "${binding.name}`)
          expect(reason).toContain(`"${role.name}" to`)
        }
      }
    }), { numRuns })
    expect(allowed / asked).toBeGreaterThan(0.05) // else nothing has been tested
  })

  it('does not hold on to what was taken out', () => {
    const [binding, role] = [
      { kind: 'ClusterRoleBinding', metadata: { name: 'b' }, subjects: [{ kind: 'User', name: 'u' }, { kind: 'User', name: 'u' }], roleRef: { kind: 'ClusterRole', name: 'r' } },
      { kind: 'ClusterRole', metadata: { name: 'r' }, rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] },
    ] as unknown as readonly [KubeObject, KubeObject]
    const access = compile([binding])
    const may = (): boolean => access.allows({ user: 'u', verb: 'get', resource: 'pods' })
    const steps = [() => access.put(role), () => access.put(binding), () => access.remove(role), () => access.put(role), () => access.remove(binding), () => access.remove(binding)]
    expect(steps.map((step) => (step(), may()))).toEqual([true, true, false, true, false, false])
    expect(access.authorize({ user: 'u', verb: 'get', resource: 'pods' }).allowed).toBe(false)
  })
})

describe('proofs', () => {
  const { scenario } = rbacArbitraries(fc)

  it('hold, as a checker of its own says, and the checker finds every lie', () => {
    let lies = 0
    fc.assert(fc.property(scenario, fc.nat(), ({ objects, request: one }, salt) => {
      const all = objects as readonly KubeObject[]
      const verdict = JSON.parse(JSON.stringify(authorize(all, one))) as Verdict
      expect(checkProof(all, one, verdict)).toEqual([])
      for (const lie of liesAbout(verdict, salt)) {
        lies++
        expect(checkProof(all, one, lie), JSON.stringify(lie)).not.toEqual([])
      }
    }), { numRuns: 600 })
    expect(lies).toBeGreaterThan(1000)
  })

  it('name who else could: what whoCan answers is what authorize allows, and nobody is left out', () => {
    const users = [{ user: 'u1' }, { user: 'u2' }, { user: 'x', groups: ['g1'] }, { user: 'x', groups: ['g2'] }, { user: 'system:serviceaccount:n1:s1' }]
    fc.assert(fc.property(scenario, ({ objects, request: { user: _user, groups: _groups, ...one } }) => {
      const all = objects as readonly KubeObject[]
      const holders = whoCan(all, one).map(({ subject: { kind, name, namespace = '' } }) =>
        (kind === 'ServiceAccount' ? `system:serviceaccount:${namespace}:${name}` : `${kind} ${name}`))
      for (const who of users) {
        const { user, groups: [group] = [] } = who as { readonly user: string, readonly groups?: readonly string[] }
        const name = group === undefined ? user.startsWith('system:') ? user : `User ${user}` : `Group ${group}`
        expect(holders.includes(name)).toBe(authorize(all, { ...one, ...who }).allowed)
      }
    }), { numRuns: 300 })
  })
})

/** Verdicts that are wrong somewhere: another answer, something told that is not so, something left out. */
function liesAbout(verdict: Verdict, salt: number): readonly Verdict[] {
  const change = (edit: (proof: { tried: Record<string, unknown>[], nearMisses: unknown[] }) => void): Verdict => {
    const copy = structuredClone(verdict) as unknown as { proof: { tried: Record<string, unknown>[], nearMisses: unknown[] } }
    edit(copy.proof)
    return copy as unknown as Verdict
  }
  const { proof } = verdict
  if (proof.kind === 'denied') {
    const at = salt % Math.max(1, proof.tried.length)
    return [
      { allowed: true, proof: { kind: 'privileged', group: 'system:masters' } },
      ...(proof.tried.length === 0 ? [] : [
        change(({ tried }) => void tried.splice(at, 1)),
        change(({ tried }) => void Object.assign(tried[at] as object, { failed: proof.tried[at]?.failed === 'role' ? 'namespace' : 'role', faults: [] })),
      ]),
      ...(proof.tried[at]?.faults.length === 0 || proof.tried.length === 0 ? [] : [
        change(({ tried }) => void Object.assign(tried[at] as object, { faults: proof.tried[at]?.faults.slice(1) })),
        change(({ tried }) => void Object.assign(tried[at] as object, { faults: proof.tried[at]?.faults.map((fault) => (fault === 'verb' ? 'resource' : 'verb')) })),
      ]),
      ...(proof.nearMisses.length === 0 ? [] : [change(({ nearMisses }) => void nearMisses.pop())]),
    ]
  }
  if (proof.kind !== 'rule') return []
  return [
    { allowed: false, proof: { kind: 'denied', tried: [], nearMisses: [] } },
    change((copy) => void Object.assign(copy, { index: proof.index + 1 })),
    change((copy) => void Object.assign(copy, { rule: { ...proof.rule, verbs: [...proof.rule.verbs, 'x'] } })),
    change((copy) => void Object.assign(copy, { subject: { ...proof.subject, name: 'somebody' } })),
    change((copy) => void Object.assign(copy, { role: { ...proof.role, name: 'other' } })),
    change((copy) => void Object.assign(copy, { binding: { ...proof.binding, name: 'other' } })),
  ]
}

describe('covers', () => {
  const { rules, request } = rbacArbitraries(fc)

  it('is about the same rights as authorize: what is covered allows no more', () => {
    fc.assert(fc.property(rules, rules, request, (held, wanted, { groups: _groups, ...one }) => {
      const bound = (rules: readonly PolicyRule[]): readonly KubeObject[] => [
        { kind: 'ClusterRole', metadata: { name: 'r' }, rules },
        { kind: 'ClusterRoleBinding', metadata: { name: 'b' }, subjects: [{ kind: 'User', name: one.user }], roleRef: { kind: 'ClusterRole', name: 'r' } },
      ] as unknown as readonly KubeObject[]
      if (covers(held, wanted) && authorize(bound(wanted), one).allowed) expect(authorize(bound(held), one).allowed).toBe(true)
      expect(covers(held, held)).toBe(true)
    }), { numRuns: 1000 })
  })
})
