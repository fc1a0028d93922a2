/**
 * A third evaluator, straight from the prose, on the objects as they are: slow, plain, and of no use but to
 * be agreed with. It knows nothing of src/netpol but the types of worlds and connections.
 */
import { BlockList, isIPv4 } from 'node:net'
import type {
  PolicyQuery,
  EndpointRef,
  ResolvedOptions,
  World,
  WorldPod,
  WorldPolicy,
} from '../../src/netpol/index.js'

// Reads objects of any kind without a type.
/* oxlint-disable typescript/no-explicit-any, typescript/no-unsafe-member-access */
/* oxlint-disable typescript/no-unsafe-assignment */
type Any = any

interface Party {
  pod?: WorldPod
  nodeName?: string
  ip?: string
  domains: string[]
}

const nsOf = (object: { metadata: { namespace?: string | undefined } }): string =>
  object.metadata.namespace ?? 'default'
const ipsOf = (pod: WorldPod): string[] => (pod.status?.podIPs ?? []).map(({ ip }) => ip)
const kind = (ip: string): 'ipv4' | 'ipv6' => (isIPv4(ip) ? 'ipv4' : 'ipv6')

function inCidr(ip: string, cidr: string): boolean {
  const [base = '', bits = ''] = cidr.split('/')
  if (kind(base) !== kind(ip)) return false
  const block = new BlockList()
  block.addSubnet(base, Number(bits), kind(base))
  return block.check(ip, kind(ip))
}

const equalIp = (a: string, b: string): boolean => inCidr(a, `${b}/${kind(b) === 'ipv4' ? 32 : 128}`)

/**
 * "A label selector: an empty one matches all objects"; NotIn and DoesNotExist match where the key is absent.
 */
function picks(selector: Any, labels: Record<string, string>): boolean {
  for (const [name, wanted] of Object.entries(selector?.matchLabels ?? {}))
    if (labels[name] !== wanted) return false
  for (const { key, operator, values } of selector?.matchExpressions ?? []) {
    const present = key in labels
    if (operator === 'Exists' && !present) return false
    if (operator === 'DoesNotExist' && present) return false
    if (operator === 'In' && !(present && values.includes(labels[key]))) return false
    if (operator === 'NotIn' && present && values.includes(labels[key])) return false
  }
  return true
}

/** Judges a connection. */
export class Oracle {
  readonly #world: World
  readonly #options: ResolvedOptions

  constructor(world: World, options: ResolvedOptions) {
    this.#world = world
    this.#options = options
  }

  allows({ from, to, port, protocol = 'TCP', service = false }: PolicyQuery): boolean {
    const [source, target] = this.#parties(from, to)
    return (
      this.#side('egress', source, target, target, port as number, protocol, service) &&
      this.#side('ingress', target, source, target, port as number, protocol, service)
    )
  }

  #nodeIps(name: string | undefined): string[] {
    const node = (this.#world.nodes ?? []).find(({ metadata }) => metadata.name === name)
    return (node?.status?.addresses ?? [])
      .filter(({ type }) => type !== 'Hostname')
      .map(({ address }) => address)
  }

  #options4(ref: EndpointRef): { party: Party; ips: string[] } {
    if (typeof ref === 'string' && ref.includes('/')) {
      const pod = (this.#world.pods ?? []).find(
        (each) => `${nsOf(each)}/${each.metadata.name ?? ''}` === ref,
      ) as WorldPod
      const host = pod.spec?.hostNetwork === true
      const party: Party = { pod, domains: [] }
      if (host && pod.spec?.nodeName !== undefined) party.nodeName = pod.spec.nodeName
      return { party, ips: host ? this.#nodeIps(pod.spec?.nodeName) : ipsOf(pod) }
    }
    if (ref === 'external') return { party: { domains: [] }, ips: ['203.0.113.1', '2001:db8::1'] }
    if (typeof ref === 'string') return { party: { domains: [] }, ips: [ref] }
    if ('node' in ref) return { party: { nodeName: ref.node, domains: [] }, ips: this.#nodeIps(ref.node) }
    const { domain } = ref as { domain: string }
    return {
      party: { domains: [domain] },
      ips: [...(this.#world.domains?.[domain] ?? ['203.0.113.1', '2001:db8::1'])],
    }
  }

  #parties(from: EndpointRef, to: EndpointRef): [Party, Party] {
    const [a, b] = [this.#options4(from), this.#options4(to)]
    const family = b.ips.find((ip) => a.ips.some((other) => kind(other) === kind(ip))) ?? b.ips[0] ?? a.ips[0]
    for (const [{ party, ips }, ref] of [
      [a, from],
      [b, to],
    ] as const) {
      const ip = family === undefined ? undefined : ips.find((each) => kind(each) === kind(family))
      if (ip !== undefined) party.ip = ip
      for (const [domain, list] of Object.entries(this.#world.domains ?? {})) {
        if (ip !== undefined && list.some((each) => equalIp(each, ip)) && !party.domains.includes(domain))
          party.domains.push(domain)
      }
      const byIp =
        (typeof ref === 'string' && !ref.includes('/') && ref !== 'external') ||
        (typeof ref === 'object' && 'domain' in ref)
      if (!byIp || ip === undefined) continue
      const owner = (this.#world.pods ?? []).find(
        (pod) =>
          pod.spec?.hostNetwork !== true &&
          pod.status?.phase === 'Running' &&
          ipsOf(pod).some((each) => equalIp(each, ip)),
      )
      const node = (this.#world.nodes ?? []).find(({ metadata }) =>
        this.#nodeIps(metadata.name).some((each) => equalIp(each, ip)),
      )
      if (owner !== undefined) party.pod = owner
      else if (node?.metadata.name !== undefined) party.nodeName = node.metadata.name
    }
    return [a.party, b.party]
  }

  /** The pod that selectors see. */
  #selectable({ pod }: Party, isNetworkPolicy: boolean): WorldPod | undefined {
    if (pod === undefined) return undefined
    if (pod.status?.phase !== 'Running' && this.#options.finishedPods === 'ignored') return undefined
    if (pod.spec?.hostNetwork === true && !(isNetworkPolicy && this.#options.hostNetwork === 'pod'))
      return undefined
    return pod
  }

  #namespaceLabels(name: string): Record<string, string> {
    const found = (this.#world.namespaces ?? []).find(({ metadata }) => metadata.name === name)
    return { ...found?.metadata.labels, 'kubernetes.io/metadata.name': name }
  }

  #side(
    direction: 'ingress' | 'egress',
    self: Party,
    other: Party,
    target: Party,
    port: number,
    protocol: string,
    service: boolean,
  ): boolean {
    const isLoop = self.pod !== undefined && self.pod === other.pod
    if (isLoop && !service) return true
    const admin = this.#tier('Admin', direction, self, other, target, port, protocol)
    if (admin !== undefined) return admin
    const narrow = this.#networkPolicies(direction, self, other, target, port, protocol, isLoop)
    if (narrow !== undefined) return narrow
    return this.#tier('Baseline', direction, self, other, target, port, protocol) ?? true
  }

  /** "Isolated once a policy selects it; then what is allowed is the union of what the policies allow." */
  #networkPolicies(
    direction: 'ingress' | 'egress',
    self: Party,
    other: Party,
    target: Party,
    port: number,
    protocol: string,
    isLoop: boolean,
  ): boolean | undefined {
    const pod = this.#selectable(self, true)
    if (pod === undefined) return undefined
    const isolating = (this.#world.policies ?? []).filter((policy: Any) => {
      if (
        policy.kind !== 'NetworkPolicy' ||
        nsOf(policy) !== nsOf(pod) ||
        !picks(policy.spec.podSelector, pod.metadata.labels ?? {})
      )
        return false
      const types: string[] =
        policy.spec.policyTypes?.length > 0
          ? policy.spec.policyTypes
          : ['Ingress', ...(policy.spec.egress?.length > 0 ? ['Egress'] : [])]
      return types.includes(direction === 'ingress' ? 'Ingress' : 'Egress')
    })
    if (isolating.length === 0) return undefined
    if (isLoop) return true
    const seen = this.#selectable(other, true)
    const isOwnNode =
      seen === undefined && other.nodeName !== undefined && other.nodeName === pod.spec?.nodeName
    if (
      isOwnNode &&
      (this.#options.ownNode === 'both' || (this.#options.ownNode === 'ingress' && direction === 'ingress'))
    )
      return true
    const peers = direction === 'ingress' ? 'from' : 'to'
    return isolating.some((policy: Any) =>
      (policy.spec[direction] ?? []).some((rule: Any) => {
        const peerOk =
          !(rule[peers]?.length > 0) ||
          rule[peers].some((peer: Any) => this.#narrowPeer(peer, nsOf(policy), other))
        const portOk =
          !(rule.ports?.length > 0) ||
          rule.ports.some((each: Any) => {
            const own = each.protocol ?? 'TCP'
            if (own !== protocol) return false
            if (each.port === undefined) return true
            if (typeof each.port === 'string')
              return this.#named(this.#selectable(target, true), each.port, protocol).includes(port)
            return port >= each.port && port <= (each.endPort ?? each.port)
          })
        return peerOk && portOk
      }),
    )
  }

  #narrowPeer(peer: Any, home: string, other: Party): boolean {
    const pod = this.#selectable(other, true)
    if (peer.ipBlock !== undefined) {
      if (other.ip === undefined || (pod !== undefined && this.#options.ipBlockPods === 'ignore'))
        return false
      return (
        inCidr(other.ip, peer.ipBlock.cidr) &&
        !(peer.ipBlock.except ?? []).some((part: string) => inCidr(other.ip as string, part))
      )
    }
    if (pod === undefined || (peer.podSelector === undefined && peer.namespaceSelector === undefined))
      return false
    const here =
      peer.namespaceSelector === undefined
        ? nsOf(pod) === home
        : picks(peer.namespaceSelector, this.#namespaceLabels(nsOf(pod)))
    return here && picks(peer.podSelector, pod.metadata.labels ?? {})
  }

  #named(pod: WorldPod | undefined, name: string, protocol: string): number[] {
    const containers = [
      ...(pod?.spec?.containers ?? []),
      ...(pod?.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always'),
    ]
    return containers
      .flatMap(({ ports = [] }) => ports)
      .filter((each) => each.name === name && (each.protocol ?? 'TCP') === protocol)
      .map(({ containerPort }) => containerPort)
  }

  #pods(choice: Any, pod: WorldPod): boolean {
    const [namespaces, pods] =
      choice.namespaces === undefined
        ? [choice.pods.namespaceSelector, choice.pods.podSelector]
        : [choice.namespaces, {}]
    return picks(namespaces, this.#namespaceLabels(nsOf(pod))) && picks(pods, pod.metadata.labels ?? {})
  }

  /** "Ascending priority, rules in order, the first that matches decides; Pass leaves the tier." */
  #tier(
    tier: string,
    direction: 'ingress' | 'egress',
    self: Party,
    other: Party,
    target: Party,
    port: number,
    protocol: string,
  ): boolean | undefined {
    const pod = this.#selectable(self, false)
    if (pod === undefined) return undefined
    const rank = (policy: Any): number => policy.spec.priority ?? 1001
    const age = (policy: WorldPolicy): number =>
      this.#options.equalPriority === 'creation'
        ? Date.parse(policy.metadata.creationTimestamp ?? '1970-01-01')
        : 0
    const name = (policy: WorldPolicy): string => policy.metadata.name ?? ''
    const policies = (this.#world.policies ?? [])
      .filter(
        (policy: Any) =>
          (policy.spec.tier ??
            { AdminNetworkPolicy: 'Admin', BaselineAdminNetworkPolicy: 'Baseline' }[
              policy.kind as string
            ]) === tier,
      )
      .toSorted((a, b) => rank(a) - rank(b) || age(a) - age(b) || (name(a) < name(b) ? -1 : 1))
    for (const policy of policies as Any[]) {
      if (!this.#pods(policy.spec.subject, pod)) continue
      for (const rule of policy.spec[direction] ?? []) {
        const verdict = this.#rule(rule, direction, other, target, port, protocol)
        if (verdict === 'Pass') return undefined
        if (verdict !== undefined) return verdict !== 'Deny'
      }
    }
    return undefined
  }

  #rule(
    rule: Any,
    direction: 'ingress' | 'egress',
    other: Party,
    target: Party,
    port: number,
    protocol: string,
  ): string | undefined {
    const peers: Any[] = rule[direction === 'ingress' ? 'from' : 'to']
    const ports: Any[] = rule.protocols ?? rule.ports ?? []
    const known =
      direction === 'ingress'
        ? ['namespaces', 'pods']
        : ['namespaces', 'pods', 'nodes', 'networks', 'domainNames']
    const accepts = rule.action === 'Accept' || rule.action === 'Allow'
    const strange =
      peers.some((peer) => !known.some((field) => field in peer) || ('domainNames' in peer && !accepts)) ||
      ports.some(
        (each) =>
          !['tcp', 'udp', 'sctp', 'destinationNamedPort', 'portNumber', 'portRange', 'namedPort'].some(
            (field) => field in each,
          ),
      )
    if (strange) return accepts ? undefined : 'Deny'
    const isPeer = peers.some((peer) => this.#widePeer(peer, other))
    const isPort = ports.length === 0 || ports.some((each) => this.#widePort(each, target, port, protocol))
    return isPeer && isPort ? (rule.action as string) : undefined
  }

  #widePeer(peer: Any, other: Party): boolean {
    const pod = this.#selectable(other, false)
    if (peer.namespaces !== undefined || peer.pods !== undefined)
      return pod !== undefined && this.#pods(peer, pod)
    if (peer.networks !== undefined)
      return other.ip !== undefined && peer.networks.some((cidr: string) => inCidr(other.ip as string, cidr))
    if (peer.nodes !== undefined) {
      return (this.#world.nodes ?? []).some(
        ({ metadata }) =>
          picks(peer.nodes, metadata.labels ?? {}) &&
          this.#nodeIps(metadata.name).some((ip) => other.ip !== undefined && equalIp(ip, other.ip)),
      )
    }
    return peer.domainNames.some((pattern: string) =>
      other.domains.some((name) => {
        const wanted = pattern.toLowerCase().replace(/\.$/, '')
        return wanted.startsWith('*.') ? name.endsWith(wanted.slice(1)) : name === wanted
      }),
    )
  }

  #widePort(each: Any, target: Party, port: number, protocol: string): boolean {
    const name = each.destinationNamedPort ?? each.namedPort
    if (name !== undefined) return this.#named(this.#selectable(target, false), name, protocol).includes(port)
    if (each.portNumber !== undefined)
      return (each.portNumber.protocol ?? 'TCP') === protocol && each.portNumber.port === port
    if (each.portRange !== undefined)
      return (
        (each.portRange.protocol ?? 'TCP') === protocol &&
        port >= each.portRange.start &&
        port <= each.portRange.end
      )
    const attributes = each[protocol.toLowerCase()]
    if (attributes === undefined) return false
    const { number, range } = attributes.destinationPort ?? {}
    if (number !== undefined) return number === port
    return range === undefined || (port >= range.start && port <= range.end)
  }
}
