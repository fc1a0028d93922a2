/**
 * What checks cost with 10,000 bindings, and what a change costs the check after it. Goals: 1,000,000
 * requests < 2 s (2 us each) whatever the shape; a change of a role and the check after it: microseconds.
 * Run: npm run bench -- rbac
 */
import type { KubeObject } from '../../src/api/kind/definition.js'
import type { AccessQuery } from '../../src/rbac/index.js'
import { bootstrapPolicy, compileAccess } from '../../src/rbac/index.js'
import { suite } from '../runner.js'

const BINDINGS = 10_000
const ASKED = 100_000
const GROUP = 'rbac.authorization.k8s.io'
const RESOURCES = [
  'pods',
  'secrets',
  'configmaps',
  'services',
  'deployments',
  'nodes',
  'leases',
  'jobs',
  'events',
  'endpoints',
]
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection']

/** How the bindings are spread. */
interface Shape {
  readonly name: string
  readonly users: number
  readonly roles: number
  readonly namespaces: number
  /** Whether every second rule is for one name only. */
  readonly names?: boolean
}

const SHAPES: readonly Shape[] = [
  { name: '1,000 users, 500 namespaces, 100 roles', users: 1_000, roles: 100, namespaces: 500 },
  { name: '100 users, cluster-wide, 10,000 roles', users: 100, roles: 10_000, namespaces: 0 },
  {
    name: '10 users, 10 namespaces, 1,000 roles with names',
    users: 10,
    roles: 1_000,
    namespaces: 10,
    names: true,
  },
]

/** A list of pseudo-random numbers below a bound that is the same in every run. */
function draws(): (below: number) => number {
  let state = 12345
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % below
  }
}

function roleOf(at: number, draw: (below: number) => number, names: boolean): KubeObject {
  const rules = Array.from({ length: 4 }, (_, index) => ({
    apiGroups: [''],
    resources: [RESOURCES[draw(10)]],
    verbs: [VERBS[draw(8)], VERBS[draw(8)]],
    ...(names && index % 2 === 0 ? { resourceNames: [`name-${draw(1000)}`] } : {}),
  }))
  return { kind: 'ClusterRole', metadata: { name: `role-${at}` }, rules } as KubeObject
}

function stateOf({ users, roles, namespaces, names = false }: Shape): readonly KubeObject[] {
  const draw = draws()
  return [
    ...bootstrapPolicy(),
    ...Array.from({ length: roles }, (_, at) => roleOf(at, draw, names)),
    ...Array.from({ length: BINDINGS }, (_, at) => ({
      kind: namespaces === 0 ? 'ClusterRoleBinding' : 'RoleBinding',
      metadata: { name: `b-${at}`, ...(namespaces === 0 ? {} : { namespace: `ns-${draw(namespaces)}` }) },
      roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: `role-${at % roles}` },
      subjects: [{ kind: 'User', apiGroup: GROUP, name: `u-${draw(users)}` }],
    })),
  ]
}

function queriesOf({ users, namespaces }: Shape): readonly AccessQuery[] {
  const draw = draws()
  return Array.from({ length: ASKED }, () => ({
    user: `u-${draw(users)}`,
    groups: ['dev', 'system:authenticated'],
    verb: VERBS[draw(8)] as string,
    apiGroup: '',
    resource: RESOURCES[draw(10)] as string,
    name: `name-${draw(1000)}`,
    ...(namespaces === 0 ? {} : { namespace: `ns-${draw(namespaces)}` }),
  }))
}

for (const shape of SHAPES) {
  const access = compileAccess(stateOf(shape))
  const queries = queriesOf(shape)
  const [one, other] = [roleOf(0, draws(), false), roleOf(0, draws(), true)]
  let turn = 0
  await suite(
    `${BINDINGS.toLocaleString('en')} bindings: ${shape.name}`,
    [
      {
        name: 'a check',
        ops: ASKED,
        run: () => {
          for (const query of queries) access.allows(query)
        },
      },
      {
        name: 'a role changes, then a check',
        ops: 1_000,
        run: () => {
          for (let at = 0; at < 1_000; at++) {
            access.put(++turn % 2 === 0 ? one : other)
            access.allows(queries[turn % ASKED] as AccessQuery)
          }
        },
      },
    ],
    { rounds: 7 },
  )
}
