import type { Subject } from '../../api/rbac/generated.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { type CompiledAccess, compileAccess } from '../../rbac/index.js'
import { goal } from './goals.js'
import { textOf } from './kept.js'
import type { Goal } from './lesson.js'

/** A question of access: `list pods` in a namespace. */
export interface Access {
  readonly verb: string
  /** With a group and a subresource where it has them: `deployments.apps`, `pods/log`. */
  readonly resource: string
  readonly namespace: string
}

interface Identity {
  readonly user: string
  readonly groups: readonly string[]
}

const SUBRESOURCES = (
  'pods/log pods/exec pods/attach pods/portforward pods/proxy pods/eviction pods/ephemeralcontainers ' +
  'pods/status ' +
  'services/proxy nodes/proxy serviceaccounts/token deployments/scale.apps'
).split(' ')
const VERBS = 'get list watch create update patch delete deletecollection'.split(' ')
/** Verbs that stand for other rights. */
const SPECIAL: readonly (readonly [verb: string, resource: string])[] = [
  ['impersonate', 'users'],
  ['impersonate', 'groups'],
  ['impersonate', 'serviceaccounts'],
  ['bind', 'clusterroles.rbac.authorization.k8s.io'],
  ['escalate', 'clusterroles.rbac.authorization.k8s.io'],
  ['escalate', 'roles.rbac.authorization.k8s.io'],
  ['approve', 'signers.certificates.k8s.io'],
]

const text = ({ verb, resource, namespace }: Access): string => `${verb} ${resource} in ${namespace}`

function identityOf(user: string): Identity {
  const [, namespace] = /^system:serviceaccount:([^:]+):/.exec(user) ?? []
  const groups =
    namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
  return { user, groups: [...groups, 'system:authenticated'] }
}

/** `pods/log`, `deployments.apps` and `deployments/scale.apps` as the evaluator wants them. */
function allows(access: CompiledAccess, identity: Identity, { verb, resource, namespace }: Access): boolean {
  const [, name = '', subresource, apiGroup = ''] = /^([^/.]+)(?:\/([^.]+))?(?:\.(.+))?$/.exec(resource) ?? []
  return access.allows({
    ...identity,
    verb,
    resource: name,
    apiGroup,
    namespace,
    ...(subresource === undefined ? {} : { subresource }),
  })
}

/** Subjects of bindings that are new or were changed, but for a user. */
function newSubjects(now: SimCluster, then: SimCluster, user: string): readonly Identity[] {
  const subjectsIn = (cluster: SimCluster): ReadonlyMap<string, Subject> =>
    new Map(
      (['rolebindings', 'clusterrolebindings'] as const)
        .flatMap((resource) => cluster.state.peek(resource))
        .flatMap(({ metadata, roleRef, subjects = [] }) =>
          subjects.map((one) => [textOf([metadata.namespace, roleRef, one]), one] as const),
        ),
    )
  const known = subjectsIn(then)
  const found = [...subjectsIn(now)].filter(([key]) => !known.has(key)).map(([, one]) => one)
  const identities = found.map(({ kind, name, namespace = '' }): Identity => {
    if (kind === 'Group') return { user: `a member of ${name}`, groups: [name, 'system:authenticated'] }
    return identityOf(kind === 'User' ? name : `system:serviceaccount:${namespace}:${name}`)
  })
  return identities.filter((one) => one.user !== user)
}

/** All resources and verbs in a namespace. */
function questions(cluster: SimCluster, namespace: string): readonly Access[] {
  const served = cluster
    .kubectl('api-resources -o name')
    .stdout.trim()
    .split('\n')
    .filter((name) => !name.includes('reviews'))
  return [
    ...[...served, ...SUBRESOURCES].flatMap((resource) =>
      VERBS.map((verb) => ({ verb, resource, namespace })),
    ),
    ...SPECIAL.map(([verb, resource]) => ({ verb, resource, namespace })),
  ]
}

const plain = (resource: string): string => resource.replace(/\..*$/, '')

/**
 * The goals that a user may do what is listed and no more: no verb on any resource, in these namespaces or in
 * others, but to read what is listed for reading; and that nobody else got anything. `before` stays theirs,
 * unless it is `revoked`.
 */
export const mayOnly = (
  user: string,
  listed: readonly Access[],
  before: 'kept' | 'revoked' = 'kept',
): readonly Goal[] => [
  goal(
    `${user} may ${listed.map(text).join(', ')}.`,
    `${user}에게 필요한 권한이 있습니다: ${listed.map(text).join(', ')}.`,
    ({ cluster }) => {
      const access = compileAccess(cluster)
      return listed.every((each) => allows(access, identityOf(user), each))
    },
  ),
  goal(
    `${user} may do no more than that, and nobody else got anything.`,
    `${user}에게 그보다 많은 권한을 주지 않았고, 다른 누구에게도 권한을 주지 않았습니다.`,
    ({ cluster, begun }) => {
      const [now, then] = [compileAccess(cluster), compileAccess(begun.cluster)]
      const namespaces = [...new Set([...listed.map(({ namespace }) => namespace), 'default', 'kube-system'])]
      const isListed = ({ verb, resource, namespace }: Access): boolean =>
        listed.some(
          (one) =>
            plain(one.resource) === plain(resource) &&
            one.namespace === namespace &&
            (one.verb === verb || [one.verb, verb].every((each) => /^(get|list|watch)$/.test(each))),
        )
      const strangers = [
        'somebody-else',
        ...namespaces.map((namespace) => `system:serviceaccount:${namespace}:default`),
      ]
        .filter((name) => name !== user)
        .map(identityOf)
      const others = [...strangers, ...newSubjects(cluster, begun.cluster, user)]
      return namespaces.flatMap((namespace) =>
        questions(cluster, namespace).flatMap((one) => [
          ...(!isListed(one) &&
          allows(now, identityOf(user), one) &&
          (before === 'revoked' || !allows(then, identityOf(user), one))
            ? [`${user} may ${text(one)}`]
            : []),
          ...others
            .filter((each) => allows(now, each, one) && !allows(then, each, one))
            .map((each) => `${each.user} may ${text(one)}`),
        ]),
      )
    },
  ),
]
