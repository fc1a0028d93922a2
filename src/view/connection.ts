import { checkConnectionViewed } from './inputs.js'
import type { ConnectionVerdict } from '../netpol/index.js'
import type { Connection, Hop } from '../network/index.js'
import type { Branch, Tree } from '../lang/svg/tree.js'
import { displayedView } from './display.js'
import { policyBranches } from './policies.js'

type HopOf<Name extends Hop['hop']> = Extract<Hop, { readonly hop: Name }>

/**
 * Returns the hops of a connection from top to bottom, with endpoints and policies beside them.
 * @example toText(viewOfConnection(cluster.network.connect({ from: 'shop/web', to: 'shop/db', port: 5432 })))
 */
export function viewOfConnection(connection: Connection): Tree {
  checkConnectionViewed([connection])
  const { outcome, connected, pod, endpoint, proof } = connection
  const source = proof.find((hop): hop is HopOf<'source'> => hop.hop === 'source')
  const end: Branch = {
    lines: [`${connected ? '✓' : '✗'} ${outcome}`, ...[pod, endpoint].filter((text) => text !== undefined)],
    look: connected ? 'good' : 'bad',
  }
  const from = source === undefined ? '' : `${source.pod ?? source.node ?? source.ip}: `
  return displayedView({ title: `${from}${outcome}`, isChain: true, roots: [...proof.map(branchOf), end] })
}

const mark = (good: boolean): string => (good ? '✓' : '✗')

function branchOf(hop: Hop): Branch {
  switch (hop.hop) {
    case 'source':
      return sourceBranch(hop)
    case 'dns':
      return {
        lines: [
          `DNS: ${hop.name}`,
          `${mark(hop.addresses.length > 0)} ${hop.rcode} ${hop.addresses.join(', ')}`.trimEnd(),
          hop.server === undefined ? 'from /etc/hosts' : `from ${hop.server}`,
        ],
        ...(hop.addresses.length > 0 ? {} : { look: 'bad' }),
      }
    case 'kube-proxy':
      return proxyBranch(hop)
    case 'load-balancer':
    case 'router':
      return {
        lines: [
          `${hop.hop}: ${hop.address}`,
          hop.node === undefined ? `✗ ${hop.reason ?? 'leads nowhere'}` : `✓ to ${hop.node}`,
        ],
        ...(hop.node === undefined ? { look: 'bad' } : {}),
      }
    case 'route':
      return {
        lines: [
          `route to ${hop.to}`,
          hop.ok
            ? `✓ ${hop.node === undefined ? 'there is one' : `on ${hop.node}`}`
            : `✗ ${hop.reason ?? 'none'}`,
        ],
        ...(hop.ok ? {} : { look: 'bad' }),
      }
    case 'policy':
      return policyBranch(hop)
    case 'listener':
      return {
        lines: [
          `${hop.at}`,
          `${hop.listening ? '✓ listens' : '✗ nothing listens'} on ${hop.port}/${hop.protocol}`,
        ],
        ...(hop.listening ? {} : { look: 'bad' }),
      }
  }
}

function sourceBranch({ pod, node, ip, running }: HopOf<'source'>): Branch {
  const name = pod ?? (node === undefined ? 'outside the cluster' : `node ${node}`)
  const place = pod === undefined || node === undefined ? ip : `${ip} on ${node}`
  return running
    ? { lines: [`from ${name}`, place] }
    : { lines: [`from ${name}`, place, '✗ does not run'], look: 'bad' }
}

function proxyBranch(hop: HopOf<'kube-proxy'>): Branch {
  const { node, service, port, by, verdict, reason = '', chosen = '', choice = '' } = hop
  const forwards = verdict === 'forward'
  return {
    lines: [
      `kube-proxy of ${node}`,
      `Service ${service}:${port} by ${by}`,
      forwards ? `✓ to ${chosen} (${choice})` : `✗ ${verdict}: ${reason}`,
      ...(hop.masqueraded === true ? ['source becomes the node'] : []),
      ...(hop.staleSince === undefined ? [] : [`rules as of ${hop.staleSince}`]),
    ],
    ...(forwards ? {} : { look: 'bad' }),
    branches: hop.endpoints.map(({ endpoint, pod, ready, terminating, used }) => ({
      lines: [
        `${endpoint === chosen ? '✓' : used ? ' ' : '✗'} ${pod ?? endpoint}`,
        `${endpoint}, ${terminating ? 'terminating' : ready ? 'ready' : 'not ready'}`,
      ],
      ...(used ? {} : { look: 'bad' as const }),
    })),
  }
}

function policyBranch({ from, to, port, protocol, side, allowed, proof }: HopOf<'policy'>): Branch {
  const isProof = typeof proof === 'object' && proof !== null && 'egress' in proof
  const sides = isProof ? policyBranches(proof as unknown as ConnectionVerdict['proof']) : []
  return {
    lines: [
      `network policies${side === undefined ? '' : ` (${side})`}`,
      `${from} -> ${to}:${port}/${protocol}`,
      `${mark(allowed)} ${allowed ? 'allowed' : 'denied'}`,
    ],
    ...(allowed ? {} : { look: 'bad' }),
    branches: side === undefined ? sides : sides.slice(0, 1),
  }
}
