import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/kind/definition.js'
import type { PolicyRule } from '../../src/api/rbac/generated.js'
import type { StoreView } from '../../src/apiserver/storage/stored-objects.js'
import { RbacAuthorizer } from '../../src/rbac/compile/authorizer.js'
import { UnionAuthorizer } from '../../src/rbac/modes/union.js'
import {
  authorize,
  proofErrors,
  compileAccess,
  hasRights,
  whoCan,
  type AccessQuery,
  type AuthorizationVerdict,
} from '../../src/rbac/index.js'
import { aimRequest, type AnyRbacObject, arbitraries, type RbacVocabulary } from '../../src/testing/index.js'

interface Change {
  readonly object: KubeObject
  readonly exists: boolean
}

const RESOURCES: Readonly<Record<string, string>> = {
  ClusterRole: 'clusterroles',
  Role: 'roles',
  ClusterRoleBinding: 'clusterrolebindings',
  RoleBinding: 'rolebindings',
}

/** RBAC objects by key, in key order, that tells of changes as a store does. */
class FakeStore {
  readonly #objects = new Map<string, KubeObject>()
  readonly #listeners: {
    readonly resource: string
    readonly listener: (next?: KubeObject, old?: KubeObject) => void
  }[] = []

  readonly view: StoreView = {
    now: () => 0,
    get: () => undefined,
    withField: () => [],
    list: <T extends KubeObject>(resource: string) =>
      // the resource decides the kind, which the compiler cannot see
      this.all().filter(({ kind }) => RESOURCES[kind as string] === resource) as unknown as readonly T[],
    // listeners of different kinds in one list
    onChange: (resource, listener) => void this.#listeners.push({ resource, listener: listener as never }),
  }

  all(): readonly KubeObject[] {
    return [...this.#objects.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
  }

  write(object: KubeObject, exists: boolean): void {
    const key = [object.kind, object.metadata.namespace ?? '', object.metadata.name].join('/')
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
  users: ['u1'],
  groups: ['g1'],
  accounts: ['s1'],
  namespaces: ['n1'],
  verbs: ['get', 'list'],
  apiGroups: ['', 'apps'],
  resources: ['pods', 'secrets'],
  roles: Array.from({ length: 20 }, (_, at) => `r${at}`),
  bindings: Array.from({ length: 30 }, (_, at) => `b${at}`),
}
const history = (
  words: Partial<RbacVocabulary>,
  size: number,
): fc.Arbitrary<readonly [readonly KubeObject[], readonly Change[], readonly AccessQuery[]]> => {
  const { role, clusterRole, binding, request } = arbitraries(fc).rbac(words)
  const [first = ''] = words.users ?? []
  const toFirst = binding.map((each) => ({
    ...each,
    subjects: [...(each.subjects ?? []), { kind: 'User', name: first }],
  }))
  const object = fc.oneof(
    role,
    clusterRole,
    clusterRole,
    binding,
    first === '' ? binding : toFirst,
    first === '' ? binding : toFirst,
  ) as fc.Arbitrary<KubeObject>
  const change = fc.record({ object, exists: fc.boolean().map((value) => !value) })
  return fc
    .tuple(
      fc.array(object, { maxLength: size, size: 'max' }),
      fc.array(change, { maxLength: 8, size: 'max' }),
      fc.array(request, { minLength: 1, maxLength: 6 }),
    )
    .map(([first, changes, requests]) => {
      const objects = [...first, ...changes.map((each) => each.object)] as readonly AnyRbacObject[]
      return [
        first,
        changes,
        requests.map((one, at) => (at % 3 === 0 ? one : aimRequest(objects, one, at * 7))),
      ] as const
    })
}

function ask(
  authorizer: Pick<UnionAuthorizer, 'authorize'>,
  { user, groups = [], apiGroup = '', resource = '', path, ...rest }: AccessQuery,
): ReturnType<UnionAuthorizer['authorize']> {
  return authorizer.authorize(
    { name: user, groups },
    path === undefined ? { ...rest, group: apiGroup, resource } : { verb: rest.verb, path },
  )
}

/** As `expect`, without its cost: these are asked a hundred thousand times. */
function must(holds: boolean, what: string, query: AccessQuery): void {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(query)}`)
}

describe('the compiled form', () => {
  it.each([
    ['few', {}, 8, 150],
    ['many', crowded, 100, 40],
  ] as const)(
    'answers as the plain evaluator does, after any sequence of changes: %s roles',
    (_, words, size, numRuns) => {
      let allowed = 0
      let asked = 0
      fc.assert(
        fc.property(history(words, size), ([first, changes, queries]) => {
          const store = new FakeStore()
          for (const each of first) store.write(each, true)
          const union = new UnionAuthorizer([new RbacAuthorizer(store.view)])
          const compiled = compileAccess(store.all())
          for (const change of [undefined, ...changes]) {
            if (change !== undefined) {
              store.write(change.object, change.exists)
              if (change.exists) compiled.put(change.object)
              else compiled.remove(change.object)
            }
            for (const one of queries) {
              const verdict = authorize(store.all(), one)
              must(compiled.allows(one) === verdict.allowed, 'compiled', one)
              const { allowed: isAllowed, reason = '' } = ask(union, one)
              must(isAllowed === verdict.allowed, 'authorizer', one)
              asked++
              if (!verdict.allowed) {
                must(
                  (reason !== '') === verdict.proof.tried.some(({ failed }) => failed === 'role'),
                  'missing role',
                  one,
                )
                continue
              }
              allowed++
              if (verdict.proof.kind !== 'rule') continue
              const { binding, role } = verdict.proof // the first by name in both
              must(
                reason.includes(`${binding.kind} "${binding.name}`) && reason.includes(`"${role.name}" to`),
                reason,
                one,
              )
            }
          }
        }),
        { numRuns },
      )
      expect(allowed / asked).toBeGreaterThan(0.05) // else nothing has been tested
    },
  )

  it('is shared by copies until one of them changes: each decides by its own objects', () => {
    let shared = 0
    fc.assert(
      fc.property(
        history({}, 8),
        fc.array(fc.boolean(), { minLength: 8 }),
        ([first, changes, queries], turns) => {
          const stores = [new FakeStore(), new FakeStore()] as const
          for (const each of first) for (const store of stores) store.write(each, true)
          const original = new RbacAuthorizer(stores[0].view)
          for (const one of queries) ask(original, one)
          const copy = new RbacAuthorizer(stores[1].view, original.share())
          if (copy.share() !== undefined && copy.share() === original.share()) shared++
          const check = (): void => {
            for (const one of queries)
              for (const [store, authorizer] of [
                [stores[0], original],
                [stores[1], copy],
              ] as const)
                must(ask(authorizer, one).allowed === authorize(store.all(), one).allowed, 'a copy', one)
          }
          check()
          for (const [at, { object, exists }] of changes.entries()) {
            stores[turns[at] === true ? 1 : 0].write(object, exists)
            check()
          }
        },
      ),
      { numRuns: 100 },
    )
    expect(shared).toBeGreaterThan(50) // else nothing has been tested
  })

  it('does not hold on to what was taken out', () => {
    const [binding, role] = [
      {
        kind: 'ClusterRoleBinding',
        metadata: { name: 'b' },
        subjects: [
          { kind: 'User', name: 'u' },
          { kind: 'User', name: 'u' },
        ],
        roleRef: { kind: 'ClusterRole', name: 'r' },
      },
      {
        kind: 'ClusterRole',
        metadata: { name: 'r' },
        rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
      },
    ]
    const access = compileAccess([binding])
    const may = (): boolean => access.allows({ user: 'u', verb: 'get', resource: 'pods' })
    const steps = [
      () => access.put(role),
      () => access.put(binding),
      () => access.remove(role),
      () => access.put(role),
      () => access.remove(binding),
      () => access.remove(binding),
    ]
    expect(steps.map((step) => (step(), may()))).toEqual([true, true, false, true, false, false])
    expect(access.authorize({ user: 'u', verb: 'get', resource: 'pods' }).allowed).toBe(false)
  })

  it('does not hold on to one of many roles either', () => {
    const many = Array.from({ length: 12 }, (_, at) => [
      {
        kind: 'ClusterRole',
        metadata: { name: `r${at}` },
        rules: [
          {
            verbs: ['get'],
            apiGroups: [''],
            resources: [`things-${at}`],
            resourceNames: at % 2 === 0 ? ['x'] : [],
          },
        ],
      },
      {
        kind: 'ClusterRoleBinding',
        metadata: { name: `b${at}` },
        subjects: [{ kind: 'User', name: 'u' }],
        roleRef: { kind: 'ClusterRole', name: `r${at}` },
      },
    ])
    const access = compileAccess(many.flat())
    const held = (): readonly number[] =>
      many.flatMap((_, at) =>
        access.allows({ user: 'u', verb: 'get', resource: `things-${at}`, name: 'x' }) ? [at] : [],
      )
    expect(held()).toHaveLength(12)
    access.remove((many[3] as readonly KubeObject[])[1] as KubeObject)
    access.remove((many[4] as readonly KubeObject[])[0] as KubeObject)
    expect(held()).toEqual([0, 1, 2, 5, 6, 7, 8, 9, 10, 11])
    access.put((many[4] as readonly KubeObject[])[0] as KubeObject)
    expect(held()).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11])
  })
})

describe('proofs', () => {
  const { scenario } = arbitraries(fc).rbac()

  it('hold, as a checker of its own says, and the checker finds every lie', () => {
    let lies = 0
    fc.assert(
      fc.property(scenario, fc.nat(), ({ objects, request: one }, salt) => {
        const all = objects as readonly KubeObject[]
        const verdict = JSON.parse(JSON.stringify(authorize(all, one))) as AuthorizationVerdict
        expect(proofErrors(all, one, verdict)).toEqual([])
        for (const lie of liesAbout(verdict, salt)) {
          lies++
          expect(proofErrors(all, one, lie), JSON.stringify(lie)).not.toEqual([])
        }
      }),
      { numRuns: 500 },
    )
    expect(lies).toBeGreaterThan(1000)
  })

  it('name who else could: what whoCan answers is what authorize allows, and nobody is left out', () => {
    const users = [
      { user: 'u1' },
      { user: 'u2' },
      { user: 'x', groups: ['g1'] },
      { user: 'x', groups: ['g2'] },
      { user: 'system:serviceaccount:n1:s1' },
    ]
    fc.assert(
      fc.property(scenario, ({ objects, request: { user: _user, groups: _groups, ...one } }) => {
        const all = objects as readonly KubeObject[]
        const holders = whoCan(all, one).map(({ subject: { kind, name, namespace = '' } }) =>
          kind === 'ServiceAccount' ? `system:serviceaccount:${namespace}:${name}` : `${kind} ${name}`,
        )
        for (const who of users) {
          const { user, groups: [group] = [] } = who as {
            readonly user: string
            readonly groups?: readonly string[]
          }
          const name =
            group === undefined ? (user.startsWith('system:') ? user : `User ${user}`) : `Group ${group}`
          expect(holders.includes(name)).toBe(authorize(all, { ...one, ...who }).allowed)
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('whoCan', () => {
  const RBAC = 'rbac.authorization.k8s.io'
  const granted = (at: number, rule: Partial<PolicyRule>, namespace?: string): readonly KubeObject[] =>
    [
      {
        kind: 'ClusterRole',
        metadata: { name: `r${at}` },
        rules: [{ verbs: ['get'], apiGroups: [''], resources: ['secrets'], ...rule }],
      },
      {
        kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
        metadata: { name: `b${at}`, ...(namespace === undefined ? {} : { namespace }) },
        subjects: [
          { kind: 'ServiceAccount', name: `s${at}`, ...(namespace === undefined ? { namespace: 'n' } : {}) },
        ],
        roleRef: { kind: 'ClusterRole', name: `r${at}` },
      },
    ] as unknown as readonly KubeObject[] // objects without metadata, which old snapshots have
  const who = (
    objects: readonly KubeObject[],
    ...question: Parameters<typeof whoCan> extends [unknown, ...infer Rest] ? Rest : never
  ): readonly string[] =>
    whoCan(objects, ...question).map(
      ({ subject: { name, namespace = '' }, resourceNames }) =>
        `${namespace}/${name}${resourceNames === undefined ? '' : `:${resourceNames.join()}`}`,
    )

  it('is asked for every name and everywhere, unless told otherwise', () => {
    const objects = [
      ...granted(1, {}),
      ...granted(2, { resourceNames: ['a'] }),
      ...granted(3, {}, 'm'),
      ...granted(4, { resourceNames: ['b'] }, 'm'),
    ]
    const get = { verb: 'get', resource: 'secrets' }
    expect(who(objects, get)).toEqual(['n/s1'])
    expect(who(objects, get, { anyName: true })).toEqual(['n/s1', 'n/s2:a'])
    expect(who(objects, get, { anyNamespace: true })).toEqual(['n/s1', 'm/s3'])
    expect(who(objects, { ...get, namespace: 'm' }, { anyName: true })).toEqual([
      'n/s1',
      'n/s2:a',
      'm/s3',
      'm/s4:b',
    ])
    expect(who(objects, { ...get, name: 'a' }, { anyName: true })).toEqual(['n/s1', 'n/s2'])
    expect(who(objects, { ...get, namespace: 'o' }, { anyNamespace: true })).toEqual(['n/s1'])
  })

  it('knows the groups of escalate, bind and impersonate', () => {
    const rules: readonly Partial<PolicyRule>[] = [
      { verbs: ['escalate'], apiGroups: [RBAC], resources: ['roles'] },
      { verbs: ['*'], apiGroups: [RBAC], resources: ['clusterroles'], resourceNames: ['admin'] },
      { verbs: ['impersonate'], resources: ['users', 'groups'] },
      {
        verbs: ['impersonate'],
        apiGroups: ['authentication.k8s.io'],
        resources: ['userextras/scopes', 'uids'],
      },
      { verbs: ['get'], apiGroups: [], resources: [], nonResourceURLs: ['/logs/*'] },
    ]
    const objects = rules.flatMap((rule, at) => granted(at, rule))
    expect(who(objects, { verb: 'escalate', resource: 'roles', namespace: 'x' })).toEqual(['n/s0'])
    expect(who(objects, { verb: 'bind', resource: 'clusterroles', name: 'admin' })).toEqual(['n/s1'])
    expect(who(objects, { verb: 'bind', resource: 'clusterroles', name: 'edit' })).toEqual([])
    expect(who(objects, { verb: 'impersonate', resource: 'groups', name: 'system:masters' })).toEqual([
      'n/s2',
    ])
    expect(
      who(objects, { verb: 'impersonate', resource: 'userextras', subresource: 'scopes', name: 'dev' }),
    ).toEqual(['n/s3'])
    expect(who(objects, { verb: 'impersonate', resource: 'uids', name: 'u' })).toEqual(['n/s3'])
    expect(who(objects, { verb: 'get', path: '/logs/kubelet.log' })).toEqual(['n/s4'])
  })
})

/** Verdicts that are wrong somewhere: another answer, something told that is not so, something left out. */
function liesAbout(verdict: AuthorizationVerdict, salt: number): readonly AuthorizationVerdict[] {
  const change = (
    edit: (proof: { tried: Record<string, unknown>[]; nearMisses: unknown[] }) => void,
  ): AuthorizationVerdict => {
    // a forger writes to what is read-only
    const copy = structuredClone(verdict) as unknown as {
      proof: { tried: Record<string, unknown>[]; nearMisses: unknown[] }
    }
    edit(copy.proof)
    // a forged verdict may have any form
    return copy as unknown as AuthorizationVerdict
  }
  const { proof } = verdict
  if (proof.kind === 'denied') {
    const at = salt % Math.max(1, proof.tried.length)
    return [
      { allowed: true, proof: { kind: 'privileged', group: 'system:masters' } },
      ...(proof.tried.length === 0
        ? []
        : [
            change(({ tried }) => void tried.splice(at, 1)),
            change(
              ({ tried }) =>
                void Object.assign(tried[at] as object, {
                  failed: proof.tried[at]?.failed === 'role' ? 'namespace' : 'role',
                  faults: [],
                }),
            ),
          ]),
      ...(proof.tried[at]?.faults.length === 0 || proof.tried.length === 0
        ? []
        : [
            change(
              ({ tried }) =>
                void Object.assign(tried[at] as object, { faults: proof.tried[at]?.faults.slice(1) }),
            ),
            change(
              ({ tried }) =>
                void Object.assign(tried[at] as object, {
                  faults: proof.tried[at]?.faults.map((fault) => (fault === 'verb' ? 'resource' : 'verb')),
                }),
            ),
          ]),
      ...(proof.nearMisses.length === 0 ? [] : [change(({ nearMisses }) => void nearMisses.pop())]),
    ]
  }
  if (proof.kind !== 'rule') return []
  return [
    { allowed: false, proof: { kind: 'denied', tried: [], nearMisses: [] } },
    change((copy) => void Object.assign(copy, { index: proof.index + 1 })),
    change(
      (copy) => void Object.assign(copy, { rule: { ...proof.rule, verbs: [...proof.rule.verbs, 'x'] } }),
    ),
    change((copy) => void Object.assign(copy, { subject: { ...proof.subject, name: 'somebody' } })),
    change((copy) => void Object.assign(copy, { role: { ...proof.role, name: 'other' } })),
    change((copy) => void Object.assign(copy, { binding: { ...proof.binding, name: 'other' } })),
  ]
}

describe('covers', () => {
  const { rules, request } = arbitraries(fc).rbac()

  it('is about the same rights as authorize: what is covered allows no more', () => {
    fc.assert(
      fc.property(rules, rules, request, (held, wanted, { groups: _groups, ...one }) => {
        const bound = (rules: readonly PolicyRule[]): readonly KubeObject[] =>
          [
            { kind: 'ClusterRole', metadata: { name: 'r' }, rules },
            {
              kind: 'ClusterRoleBinding',
              metadata: { name: 'b' },
              subjects: [{ kind: 'User', name: one.user }],
              roleRef: { kind: 'ClusterRole', name: 'r' },
            },
          ] as unknown as readonly KubeObject[] // objects of a wrong form, on purpose
        if (hasRights(held, wanted) && authorize(bound(wanted), one).allowed)
          expect(authorize(bound(held), one).allowed).toBe(true)
        expect(hasRights(held, held)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})
