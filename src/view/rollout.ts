import { checkRolloutViewed } from './inputs.js'
import { notFound } from '../client/not-found.js'
import type { ReplicaSet } from '../api/apps/generated.js'
import { isControlledBy } from '../api/meta/owner-references.js'
import { keyOf, splitKey } from '../client/informers/object-index.js'
import type { Branch, Tree } from './tree.js'
import type { ClusterLike } from '../client/cluster-like.js'
import { clusterView, podsOf } from './cluster-view.js'
import { displayedView } from './display.js'
import { say } from './words.js'
import { podBranches } from './service.js'

const REVISION = 'deployment.kubernetes.io/revision'

/**
 * Returns a Deployment with its ReplicaSets, the newest first, and their pods. `name` is `namespace/name`, or
 * a name in `default`.
 * @throws NotFoundError if there is no such Deployment
 * @example toSvg(viewOfRollout(cluster, 'office/web'))
 */
export function viewOfRollout(cluster: ClusterLike, name: string): Tree {
  checkRolloutViewed([cluster, name])
  const key = { namespace: 'default', ...splitKey(name) }
  const deployments = cluster.state.peek('deployments')
  const deployment = deployments.find(
    ({ metadata }) => metadata.namespace === key.namespace && metadata.name === key.name,
  )
  if (deployment === undefined)
    throw notFound('Deployment', `${key.namespace}/${key.name}`, { known: deployments.map(keyOf) })
  const sets = cluster.state
    .peek('replicasets')
    .filter((set) => isControlledBy(set, deployment))
    .toSorted((a, b) => revisionOf(b) - revisionOf(a))
  const { replicas: wanted = 1 } = deployment.spec
  const {
    updatedReplicas = 0,
    readyReplicas = 0,
    availableReplicas = 0,
    conditions,
  } = deployment.status ?? {}
  const progress = conditions?.find(({ type }) => type === 'Progressing')
  const view = clusterView(cluster)
  const pods = podsOf(view)
  return displayedView({
    title: say('rollout', `${key.namespace}/${key.name}`),
    roots: [
      {
        icon: 'Deployment',
        lines: [
          `Deployment ${key.name}`,
          say('wantedUpdated', wanted, updatedReplicas),
          say('readyAvailable', readyReplicas, availableReplicas),
          ...(progress?.reason === undefined ? [] : [progress.reason]),
        ],
        ...(progress?.status === 'False' ? { look: 'bad' as const } : {}),
        branches: sets.map((set) => ({
          ...setBranch(set),
          branches: podBranches(
            pods.filter(({ owner }) => owner?.uid === set.metadata.uid),
            view,
          ),
        })),
      },
    ],
  })
}

const revisionOf = ({ metadata }: ReplicaSet): number => Number(metadata.annotations?.[REVISION] ?? 0)

function setBranch(set: ReplicaSet): Branch {
  const images = (set.spec.template?.spec?.containers ?? []).map(({ image }) => image ?? '')
  return {
    icon: 'ReplicaSet',
    lines: [
      `ReplicaSet ${set.metadata.name ?? ''}`,
      say('revision', revisionOf(set), images.join(', ')),
      say('wantedReady', set.spec.replicas ?? 1, set.status?.readyReplicas ?? 0),
    ],
  }
}
