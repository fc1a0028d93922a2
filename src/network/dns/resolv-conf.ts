import type { Pod } from '../../api/core/generated.js'
import { CLUSTER_DOMAIN } from '../../api/core/pods/pod-hostname.js'

/** The content of /etc/resolv.conf. */
export interface ResolvConf {
  readonly nameservers: readonly string[]
  readonly searches: readonly string[]
  /** As written: `ndots:5`. */
  readonly options: readonly string[]
}

/** Address of the name server that the nodes themselves use. */
export const NODE_DNS = '10.0.0.2'
const MAX_NAMESERVERS = 3
const MAX_SEARCHES = 32

/**
 * Returns the resolver configuration of a pod. `clusterDNS` is the kubelet's setting. Source:
 * pkg/kubelet/network/dns/dns.go GetPodDNS, appendDNSConfig.
 */
export function resolvConfOf(
  { metadata: { namespace = 'default' }, spec }: Pod,
  clusterDNS: string,
): ResolvConf {
  const { dnsPolicy = 'ClusterFirst', dnsConfig, hostNetwork } = spec
  const isCluster =
    dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && hostNetwork !== true)
  const cluster: ResolvConf = {
    nameservers: [clusterDNS],
    searches: [`${namespace}.svc.${CLUSTER_DOMAIN}`, `svc.${CLUSTER_DOMAIN}`, CLUSTER_DOMAIN],
    options: ['ndots:5'],
  }
  const base =
    dnsPolicy === 'None'
      ? { nameservers: [], searches: [], options: [] }
      : isCluster
        ? cluster
        : { nameservers: [NODE_DNS], searches: [], options: [] }
  if (dnsConfig === undefined) return base
  const { nameservers = [], searches = [], options = [] } = dnsConfig
  const own = new Map(
    options.flatMap(({ name, value }) =>
      name === undefined ? [] : [[name, value ? `${name}:${value}` : name] as const],
    ),
  )
  const kept = base.options.map((option) => [option.split(':')[0] ?? '', option] as const)
  return {
    nameservers: unique([...base.nameservers, ...nameservers]).slice(0, MAX_NAMESERVERS),
    searches: unique([...base.searches, ...searches]).slice(0, MAX_SEARCHES),
    options: [...new Map([...kept, ...own]).values()],
  }
}

/** Formats the file. */
export function resolvConfText({ nameservers, searches, options }: ResolvConf): string {
  return (
    (searches.length === 0 ? '' : `search ${searches.join(' ')}\n`) +
    nameservers.map((server) => `nameserver ${server}\n`).join('') +
    (options.length === 0 ? '' : `options ${options.join(' ')}\n`)
  )
}

/** Returns the full names that a resolver tries, in order. Source: resolv.conf(5), as glibc does it. */
export function candidates(name: string, { searches, options }: ResolvConf): readonly string[] {
  const absolute = name.replace(/\.$/, '')
  if (name.endsWith('.')) return [absolute]
  const ndots = Number(options.find((option) => option.startsWith('ndots:'))?.slice('ndots:'.length) ?? 1)
  const searched = searches.map((domain) => `${absolute}.${domain.replace(/\.$/, '')}`)
  const dots = absolute.split('.').length - 1
  return dots >= ndots ? [absolute, ...searched] : [...searched, absolute]
}

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)]
