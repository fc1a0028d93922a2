/**
 * What a check costs with 10,000 bindings, and what a change of a role costs the check after it.
 * Goals (median, warm): system:masters < 0.1 us, others <= 2 us, a change and the check after it <= 20 us.
 * Run: npm run bench -- rbac
 */
import type { KubeObject } from '../../src/api/definition.js'
import type { UserInfo } from '../../src/apiserver/client/client.js'
import type { StoreView } from '../../src/apiserver/ports.js'
import { RbacAuthorizer } from '../../src/rbac/authorizer.js'
import { bootstrapPolicy } from '../../src/rbac/bootstrap-policy/index.js'
import { UnionAuthorizer } from '../../src/rbac/union.js'
import { suite } from '../runner.js'

const BINDINGS = 10_000
const USERS = 1_000
const NAMESPACES = 500
const GROUP = 'rbac.authorization.k8s.io'

const RESOURCES: Readonly<Record<string, string>> = {
  clusterroles: 'ClusterRole', roles: 'Role', clusterrolebindings: 'ClusterRoleBinding', rolebindings: 'RoleBinding',
}

const role = { kind: 'Role', metadata: { name: 'reader', namespace: 'ns-0' }, rules: [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] }] } as unknown as KubeObject

const bindings = Array.from({ length: BINDINGS }, (_, at) => ({
  kind: 'RoleBinding', metadata: { name: `b-${at}`, namespace: `ns-${at % NAMESPACES}` },
  roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'system:aggregate-to-view' },
  subjects: [{ kind: 'User', apiGroup: GROUP, name: `u-${(at * 7) % USERS}` }],
})) as unknown as readonly KubeObject[]

const objects = [...bootstrapPolicy(), role, ...bindings]
const listeners = new Map<string, (next?: KubeObject, old?: KubeObject) => void>()
const view: StoreView = {
  now: () => 0, get: () => undefined, withField: () => [],
  list: <T extends KubeObject>(resource: string) => objects.filter(({ kind }) => kind === RESOURCES[resource]) as unknown as readonly T[],
  onChange: (resource, listener) => void listeners.set(resource, listener as never),
}
const authorizer = new UnionAuthorizer([new RbacAuthorizer(view)])

const users: readonly UserInfo[] = Array.from({ length: USERS }, (_, at) => ({ name: `u-${at}`, groups: ['system:authenticated'] }))
const masters: UserInfo = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }
let turn = 0
const ask = (user: UserInfo): unknown => {
  turn++
  return authorizer.authorize(user, { verb: 'list', group: '', version: 'v1', resource: turn % 2 ? 'pods' : 'nodes', namespace: `ns-${turn % NAMESPACES}` })
}
const BATCH = 1_000
const batch = (run: () => unknown): (() => void) => () => {
  for (let at = 0; at < BATCH; at++) run()
}

await suite('authorize, 10,000 bindings', [
  { name: 'system:masters', ops: BATCH, run: batch(() => ask(masters)) },
  { name: 'a user known before', ops: BATCH, run: batch(() => ask(users[turn % USERS] as UserInfo)) },
  { name: 'a user never seen before', ops: BATCH, run: batch(() => ask({ name: `u-${turn % USERS}`, groups: ['system:authenticated'] })) },
  {
    name: 'a role changes, then a check', ops: BATCH, run: batch(() => {
      listeners.get('roles')?.(role, role)
      ask(users[turn % USERS] as UserInfo)
    }),
  },
])
