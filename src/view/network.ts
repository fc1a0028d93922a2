import { checkNetworkViewed } from './inputs.js'
import type { ClusterLike } from '../client/cluster-like.js'
import type { Pod } from '../api/core/generated.js'
import { evaluateModel, readWorld, worldOf } from '../netpol/index.js'
import { choicesOf } from '../netpol/world-of.js'
import type { Branch, Tree } from './tree.js'
import { type ClusterView, type PodView, type ServiceView, clusterView, podsOf } from './cluster-view.js'
import { displayedView } from './display.js'
import { say } from './words.js'
import { entryOf, podBranch, serviceBranch } from './service.js'

/**
 * Returns the network that somebody has built: from outside through Services to pods, from there to each
 * Service that the policies leave open or close, and to the disks that pods have claimed. Namespaces of the
 * system (`kube-*`) and Services without pods are left out. Each Service is followed once.
 * @example toSvg(viewOfNetwork(cluster))
 */
export function viewOfNetwork(cluster: ClusterLike): Tree {
  checkNetworkViewed([cluster])
  const map = new NetworkMap(cluster)
  return displayedView({ title: say('network'), roots: map.roots() })
}

class NetworkMap {
  readonly #view: ClusterView
  readonly #allows: (from: string, to: string, port: number | string) => boolean
  readonly #claims: ReadonlyMap<string, readonly string[]>
  readonly #pods: readonly PodView[]
  readonly #services: readonly ServiceView[]
  /** uids of Services and pods that are in the picture already. */
  readonly #drawn = new Set<string>()
  readonly #targetPorts: ReadonlyMap<string, readonly (number | string)[]>

  constructor(cluster: ClusterLike) {
    this.#view = clusterView(cluster)
    const model = readWorld(worldOf(cluster), choicesOf(cluster))
    this.#allows = (from, to, port) => evaluateModel(model, { from: endOf(from), to, port }).allowed
    this.#pods = podsOf(this.#view).filter(isOwn)
    this.#services = this.#view.services.filter((one) => isOwn(one) && this.#behind(one).length > 0)
    this.#claims = new Map(cluster.state.peek('pods').map((pod) => [pod.metadata.uid ?? '', claimsOf(pod)]))
    this.#targetPorts = new Map(
      cluster.state
        .peek('services')
        .map(({ metadata, spec }) => [
          metadata.uid ?? '',
          (spec?.ports ?? []).map(({ port, targetPort }) => targetPort ?? port),
        ]),
    )
  }

  /** What is open to the outside, and then pods that nothing in the picture leads to. */
  roots(): readonly Branch[] {
    const open = this.#services.filter(({ ports }) => ports.some((port) => port.includes(':')))
    const entries = open.map((service) => entryOf(service, this.#serviceBranch(service, 'outside')))
    // pods that no Service leads to come first: they lead to the others
    const behind = new Set(this.#services.flatMap((service) => this.#behind(service)))
    const order = [...this.#pods.filter((pod) => !behind.has(pod)), ...behind]
    return [...entries, ...order.flatMap((pod) => (this.#drawn.has(pod.uid) ? [] : [this.#podBranch(pod)]))]
  }

  #behind({ uid }: ServiceView): readonly PodView[] {
    const targets = new Set(this.#view.edges.filter(({ from }) => from === uid).map(({ to }) => to))
    return this.#pods.filter((pod) => targets.has(pod.uid))
  }

  #serviceBranch(service: ServiceView, from: string): Branch {
    const targets = this.#behind(service)
    const ports = this.#targetPorts.get(service.uid) ?? []
    const isOpen = targets.some((pod) => ports.some((port) => this.#allows(from, nameOf(pod), port)))
    const branch = serviceBranch(service)
    if (!isOpen) return { ...branch, lines: [...branch.lines, say('cross', say('closed'))], look: 'bad' }
    const lines = [...branch.lines, say('tick', say('open'))]
    if (this.#drawn.has(service.uid)) return { ...branch, lines }
    this.#drawn.add(service.uid)
    const fresh = targets.filter(({ uid }) => !this.#drawn.has(uid))
    for (const { uid } of fresh) this.#drawn.add(uid)
    return { ...branch, lines, branches: fresh.map((pod) => this.#podBranch(pod)) }
  }

  #podBranch(pod: PodView): Branch {
    this.#drawn.add(pod.uid)
    const others = this.#services.filter((service) => !this.#behind(service).includes(pod))
    const disks = (this.#claims.get(pod.uid) ?? []).map((claim) => ({
      icon: 'PersistentVolumeClaim' as const,
      lines: [say('claimDisk'), claim],
    }))
    return {
      ...podBranch(pod),
      branches: [...others.map((service) => this.#serviceBranch(service, nameOf(pod))), ...disks],
    }
  }
}

const isOwn = ({ namespace }: { readonly namespace: string }): boolean => !namespace.startsWith('kube-')

const nameOf = ({ namespace, name }: PodView): string => `${namespace}/${name}`

const endOf = (from: string): string | { readonly external: true } =>
  from === 'outside' ? { external: true } : from

const claimsOf = ({ spec }: Pod): readonly string[] =>
  (spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
    persistentVolumeClaim === undefined ? [] : [persistentVolumeClaim.claimName],
  )
