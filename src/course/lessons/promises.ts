import type { RoleBinding } from '../../api/rbac/generated.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { podsOf, readyPods } from './goals.js'
import { comparedText, freeObjects, gone, isNeverReplaced, nameOf, permissionOf } from './kept.js'
import type { Lesson, Permissions, Promised } from './lesson.js'

/** Kinds that protect others: a repair that needs one away for a moment has left the cluster unprotected. */
const GUARDS = [
  'networkpolicies',
  'poddisruptionbudgets',
  'resourcequotas',
  'limitranges',
  'roles',
  'rolebindings',
  'clusterroles',
  'clusterrolebindings',
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
] as const

/**
 * Returns the promises that every lesson with the goal `keepsTheRest` makes: guards stay as they are, nobody
 * becomes an administrator, and what was up stays up, at every moment. What a repair may remove, it may.
 */
export function usualPromises({ goals }: Lesson, begun: SimCluster): readonly Promised[] {
  const permissions = goals.find((goal) => goal.permissions !== undefined)?.permissions
  if (permissions === undefined) return []
  return [guardsStay(begun, permissions), nobodyRules(begun, permissions), ...stayUp(begun, permissions)]
}

function guardsStay(begun: SimCluster, permissions: Permissions): Promised {
  const resources = new Set<string>(GUARDS)
  const before = new Map(
    GUARDS.flatMap((resource) =>
      freeObjects(begun, resource).map((object) => [nameOf(resource, object), object] as const),
    ),
  )
  return {
    text: {
      en: 'No policy, budget, quota, role or webhook was away or weaker for a moment without need.',
      ko: '고치는 데 필요하지 않은 정책, 예산, 할당량, 롤, 웹훅은 잠시도 없애거나 느슨하게 하지 않았습니다.',
    },
    holds: (_, { type, resource, object, old }) => {
      if (!resources.has(resource) || type === 'ADDED') return true
      const name = nameOf(resource, object)
      const [permit, kept] = [permissionOf(permissions, name), before.get(name)]
      if (kept === undefined || permit === gone) return true
      // of what is deleted, the last state is both
      if (type === 'DELETED') return !isNeverReplaced(resource, permit)
      return object === old || comparedText(resource, object, permit) === comparedText(resource, kept, permit)
    },
  }
}

function nobodyRules(begun: SimCluster, permissions: Permissions): Promised {
  const isAdmin = ({ roleRef: { kind, name } }: Pick<RoleBinding, 'roleRef'>): boolean =>
    kind === 'ClusterRole' && name === 'cluster-admin'
  const kinds = ['rolebindings', 'clusterrolebindings'] as const
  const before = new Set(
    kinds.flatMap((resource) => freeObjects(begun, resource).map((object) => nameOf(resource, object))),
  )
  return {
    text: {
      en: 'Nobody was made an administrator, not even for a moment.',
      ko: '잠시라도 누구를 관리자로 만들지 않았습니다.',
    },
    holds: (_, { type, resource, object }) =>
      type !== 'ADDED' ||
      !kinds.some((kind) => kind === resource) ||
      !isAdmin(object as RoleBinding) ||
      before.has(nameOf(resource, object)) ||
      permissionOf(permissions, nameOf(resource, object)) !== undefined,
  }
}

const FOLLOWED = new Set(['pods', 'deployments', 'replicasets'])

/** Whether all pods of a Deployment are ready and have never failed: what flaps is down again by itself. */
const isStable = (cluster: SimCluster, name: string, replicas: number): boolean =>
  readyPods(cluster, name) === replicas &&
  podsOf(cluster, name).every(({ status }) =>
    (status.containerStatuses ?? []).every(({ restartCount }) => restartCount === 0),
  )

function stayUp(begun: SimCluster, permissions: Permissions): readonly Promised[] {
  const names = begun.state
    .peek('deployments', { namespace: 'default' })
    .filter((deployment) => {
      const { replicas = 1 } = deployment.spec
      const { name } = deployment.metadata
      return (
        replicas > 1 &&
        isStable(begun, name ?? '', replicas) &&
        permissionOf(permissions, `deployments/${name}`) !== gone
      )
    })
    .map(({ metadata: { name = '' } }) => name)
  return names.map((name) => ({
    text: {
      en: `A pod of ${name} was ready at all times.`,
      ko: `언제나 ${name}의 포드가 하나 이상 준비되어 있었습니다.`,
    },
    holds: (cluster, { resource }) => !FOLLOWED.has(resource) || readyPods(cluster, name) > 0,
  }))
}
