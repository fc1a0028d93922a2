import { checkConnectionViewed } from './inputs.js'
import type { ConnectionVerdict } from '../netpol/index.js'
import type { Connection, Hop } from '../network/index.js'
import type { Branch, Tree } from './tree.js'
import { displayedView } from './display.js'
import { policyBranches } from './policies.js'
import { type Said, say } from './words.js'

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
          say('from', hop.server ?? '/etc/hosts'),
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
          hop.node === undefined
            ? say('cross', hop.reason ?? say('leadsNowhere'))
            : say('tick', say('to', hop.node)),
        ],
        ...(hop.node === undefined ? { look: 'bad' } : {}),
      }
    case 'route':
      return {
        lines: [
          say('route', hop.to),
          hop.ok
            ? say('tick', hop.node === undefined ? say('thereIsOne') : say('onNode', hop.node))
            : say('cross', hop.reason ?? say('none')),
        ],
        ...(hop.ok ? {} : { look: 'bad' }),
      }
    case 'policy':
      return policyBranch(hop)
    case 'listener':
      return {
        lines: [
          `${hop.at}`,
          hop.listening
            ? say('tick', say('listens', `${hop.port}/${hop.protocol}`))
            : say('cross', say('nothingListens', `${hop.port}/${hop.protocol}`)),
        ],
        ...(hop.listening ? {} : { look: 'bad' }),
      }
  }
}

function sourceBranch({ pod, node, ip, running }: HopOf<'source'>): Branch {
  const name = pod ?? (node === undefined ? say('outside') : say('node', node))
  const place: Said = pod === undefined || node === undefined ? ip : [`${ip} `, say('onNode', node)]
  return running
    ? { lines: [say('from', name), place] }
    : { lines: [say('from', name), place, say('cross', say('doesNotRun'))], look: 'bad' }
}

function proxyBranch(hop: HopOf<'kube-proxy'>): Branch {
  const { node, service, port, by, verdict, reason = '', chosen = '', choice = '' } = hop
  const forwards = verdict === 'forward'
  return {
    lines: [
      say('kubeProxy', node),
      say('serviceBy', service, port, by),
      forwards ? say('tick', say('byChoice', chosen, choice)) : `✗ ${verdict}: ${reason}`,
      ...(hop.masqueraded === true ? [say('masqueraded')] : []),
      ...(hop.staleSince === undefined ? [] : [say('staleRules', hop.staleSince)]),
    ],
    ...(forwards ? {} : { look: 'bad' }),
    branches: hop.endpoints.map(({ endpoint, pod, ready, terminating, used }) => ({
      lines: [
        `${endpoint === chosen ? '✓' : used ? ' ' : '✗'} ${pod ?? endpoint}`,
        say('and', endpoint, say(terminating ? 'terminating' : ready ? 'ready' : 'notReady')),
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
      side === undefined ? say('policies') : say('policiesOf', side),
      `${from} -> ${to}:${port}/${protocol}`,
      allowed ? say('tick', say('allowed')) : say('cross', say('denied')),
    ],
    ...(allowed ? {} : { look: 'bad' }),
    branches: side === undefined ? sides : sides.slice(0, 1),
  }
}
