import type { Namespace, Pod } from '../api/core/generated.js'
import type { NetworkPolicy, NetworkPolicyPeer } from '../api/networking/generated.js'
import { selectorMatches, selectorText } from '../api/selectors/labels.js'
import type { ClusterLike } from '../client/cluster-like.js'
import { keyOf, splitKey } from '../client/informers/object-index.js'
import { notFound } from '../client/not-found.js'
import { displayedView } from './display.js'
import { checkPeersViewed } from './inputs.js'
import type { Branch, Tree } from './tree.js'
import { type Said, say } from './words.js'

/** Pods that are named one by one. */
const MOST = 4

/**
 * Returns whom a NetworkPolicy lets in or out: a box for each item of `from` and `to`, of which one is
 * enough, with the selectors in it, which must all match, and the pods that match today. `name` is
 * `namespace/name`, or a name in `default`.
 * @throws NotFoundError if there is no such NetworkPolicy
 * @example toSvg(viewOfPeers(cluster, 'shop/db'), { lang: 'ko' })
 */
export function viewOfPeers(cluster: ClusterLike, name: string): Tree {
  checkPeersViewed([cluster, name])
  const key = { namespace: 'default', ...splitKey(name) }
  const policies = cluster.state.peek('networkpolicies')
  const policy = policies.find(
    ({ metadata }) => metadata.namespace === key.namespace && metadata.name === key.name,
  )
  if (policy === undefined)
    throw notFound('NetworkPolicy', `${key.namespace}/${key.name}`, { known: policies.map(keyOf) })
  const world = { pods: cluster.state.peek('pods'), namespaces: cluster.state.peek('namespaces') }
  return displayedView({
    title: say('who', 'NetworkPolicy', `${key.namespace}/${key.name}`),
    roots: directionsOf(policy).map(([direction, rules]) => ({
      icon: 'NetworkPolicy',
      lines: [direction, ...(rules.length === 0 ? [say('cross', say('hasNoRule'))] : [])],
      ...(rules.length === 0 ? { look: 'bad' as const } : {}),
      branches: rules.map((peers, at) => ruleBranch(peers, at, key.namespace, world)),
    })),
  })
}

interface PeerWorld {
  readonly pods: readonly Pod[]
  readonly namespaces: readonly Namespace[]
}

type Peers = readonly NetworkPolicyPeer[]

function directionsOf({ spec }: NetworkPolicy): readonly (readonly [string, readonly Peers[]])[] {
  const { policyTypes = ['Ingress'], ingress = [], egress = [] } = spec ?? {}
  return policyTypes.map((type) =>
    type === 'Ingress'
      ? ['ingress from', ingress.map(({ from = [] }) => from)]
      : ['egress to', egress.map(({ to = [] }) => to)],
  )
}

function ruleBranch(peers: Peers, at: number, namespace: string, world: PeerWorld): Branch {
  const items = peers.map((peer, item) => itemBranch(peer, item, namespace, world))
  return {
    lines: [say('rule', at), ...(peers.length === 0 ? [say('tick', say('everyone'))] : [])],
    ...(items.length === 0 ? {} : { branches: items }),
  }
}

function itemBranch(peer: NetworkPolicyPeer, item: number, namespace: string, world: PeerWorld): Branch {
  const { ipBlock, podSelector, namespaceSelector } = peer
  const lines: Said[] = [say(item === 0 ? 'oneItem' : 'otherItem')]
  if (ipBlock !== undefined) {
    lines.push(say('addresses', ipBlock.cidr), ...(ipBlock.except ?? []).map((each) => say('except', each)))
    return { lines }
  }
  lines.push(podLine(podSelector), namespaceLine(namespaceSelector, namespace))
  const found = world.pods.filter((pod) => isMatch(peer, pod, namespace, world))
  return {
    icon: 'Pod',
    lines,
    branches: [
      found.length === 0
        ? { lines: [say('cross', say('nobodyMatches'))], look: 'bad' }
        : { icon: 'Pod', lines: [say('matches', found.length), ...namesOf(found)], look: 'good' },
    ],
  }
}

type Selector = NetworkPolicyPeer['podSelector']

const isAll = (selector: Selector): boolean => selector === undefined || selectorText(selector) === ''

const podLine = (selector: Selector): Said =>
  selector === undefined || isAll(selector) ? say('everyPod') : say('podsWith', selectorText(selector))

function namespaceLine(selector: Selector, namespace: string): Said {
  if (selector === undefined) return say('ownNamespaceOf', namespace)
  return isAll(selector) ? say('everyNamespace') : say('inNamespacesWith', selectorText(selector))
}

function isMatch(
  { podSelector, namespaceSelector }: NetworkPolicyPeer,
  { metadata }: Pod,
  namespace: string,
  { namespaces }: PeerWorld,
): boolean {
  const own = namespaces.find(({ metadata: { name } }) => name === metadata.namespace)
  const isPlace =
    namespaceSelector === undefined
      ? metadata.namespace === namespace
      : selectorMatches(namespaceSelector, own?.metadata.labels)
  return isPlace && (podSelector === undefined || selectorMatches(podSelector, metadata.labels))
}

const namesOf = (pods: readonly Pod[]): readonly string[] => [
  ...pods.slice(0, MOST).map(keyOf),
  ...(pods.length > MOST ? ['...'] : []),
]
