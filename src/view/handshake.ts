import { notFound } from '../client/not-found.js'
import type { InventoryRow } from '../pki/index.js'
import { displayedView } from './display.js'
import { checkHandshakeViewed } from './inputs.js'
import type { Branch, Tree } from './tree.js'
import { type Said, say } from './words.js'

/** Which TLS connection of a control plane is shown. */
export interface HandshakeOptions {
  /** Who connects: `kubectl`, `kube-scheduler`, `kube-controller-manager`, `kubelet`, `kube-apiserver`. */
  readonly from: string
  /**
   * Who is connected to: `kube-apiserver` or `etcd`.
   * @default `kube-apiserver`
   */
  readonly to?: string
}

/** What a picture of certificates needs of a cluster. */
interface WithCertificates {
  now(): number
  readonly pki: { inventory(): readonly InventoryRow[] }
}

/** Which flag of a server names the authority of its clients, and what a client has as its own. */
const TRUST: Readonly<Record<string, { readonly flag: string; readonly kept: string }>> = {
  'kube-apiserver': { flag: '--client-ca-file', kept: 'certificate-authority-data' },
  etcd: { flag: '--trusted-ca-file', kept: '--etcd-cafile' },
}

/**
 * Returns the TLS handshake of a connection from top to bottom: who presents which certificate, with the
 * authority that signed it, what the other side verifies it with, and who the client is then.
 * @throws NotFoundError if there is no such client or server
 * @example toSvg(viewOfHandshake(cluster, { from: 'kube-scheduler' }), { lang: 'ko' })
 */
export function viewOfHandshake(cluster: WithCertificates, options: HandshakeOptions): Tree {
  checkHandshakeViewed([cluster, options])
  const { from, to = 'kube-apiserver' } = options
  const now = cluster.now()
  const rows = cluster.pki.inventory().filter(({ notAfter }) => notAfter !== undefined)
  const server = found(rows, to, ({ type }) => type === 'Server')
  const client = found(rows, from, ({ type }) => type === (to === 'etcd' ? 'Client (Etcd)' : 'Client'))
  const trust = TRUST[to] ?? { flag: '', kept: '' }
  const authorities = rows.filter(({ component }) => component.startsWith('Certificate Authority'))
  const faults = [server, client].map((row) => faultOf(row, authorities, now))
  const [serverFault, clientFault] = faults
  const shown = [
    hello(from, to),
    presents(to, server, authorities, now),
    verifies(from, trust.kept, server, serverFault),
  ]
  const isLet = serverFault === undefined
  const asked = [presents(from, client, authorities, now), verifies(to, trust.flag, client, clientFault)]
  const end = clientFault === undefined && isLet ? [known(to, client)] : []
  return displayedView({
    title: say('handshake', from, to),
    isChain: true,
    roots: [...shown, ...(isLet ? asked : []), ...end],
  })
}

function found(
  rows: readonly InventoryRow[],
  name: string,
  isWanted: (row: InventoryRow) => boolean,
): InventoryRow {
  const row = rows.find((each) => each.component === name && isWanted(each))
  const names = [...new Set(rows.filter(isWanted).map(({ component }) => component))]
  const known = names.filter((each) => !each.startsWith('Certificate Authority'))
  if (row === undefined) throw notFound('certificate of', name, { known })
  return row
}

const hello = (from: string, to: string): Branch => ({ lines: ['ClientHello', `${from} -> ${to}`] })

const endOf = (ms = 0): string => new Date(ms).toISOString().slice(0, 10)

/** A certificate, with the authority that has signed it beside it. */
function presents(who: string, row: InventoryRow, authorities: readonly InventoryRow[], now: number): Branch {
  const authority = authorities.find(({ commonName }) => commonName === row.issuer)
  const isExpired = (row.notAfter ?? 0) <= now
  const lines: Said[] = [
    say('presents', who),
    nameOf(row),
    row.path.replace('/etc/kubernetes/', ''),
    ...(row.names.length === 0 ? [] : [row.names.slice(0, 3).join(', ')]),
    isExpired ? say('cross', say('expired', endOf(row.notAfter))) : say('until', endOf(row.notAfter)),
  ]
  return {
    icon: 'Certificate',
    lines,
    ...(isExpired ? { look: 'bad' as const } : {}),
    branches: [
      authority === undefined
        ? { lines: [say('signedBy', row.issuer), say('cross', say('unknownAuthority'))], look: 'bad' }
        : {
            icon: 'Certificate',
            lines: [say('signedBy', nameOf(authority)), authority.path.replace('/etc/kubernetes/', '')],
          },
    ],
  }
}

const nameOf = ({ commonName, organizations }: InventoryRow): string =>
  [...organizations.map((each) => `O=${each}`), `CN=${commonName}`].join(', ')

function faultOf(row: InventoryRow, authorities: readonly InventoryRow[], now: number): Said | undefined {
  const authority = authorities.find(({ commonName }) => commonName === row.issuer)
  if (authority === undefined) return say('unknownAuthority')
  if ((row.notBefore ?? 0) > now) return say('notYetValid')
  return [row, authority].some(({ notAfter = 0 }) => notAfter <= now) ? say('expiredCertificate') : undefined
}

const verifies = (who: string, by: string, row: InventoryRow, fault: Said | undefined): Branch => ({
  lines: [
    say('verifies', who),
    say('withAuthority', row.issuer, by),
    fault === undefined ? say('tick', say('trusted')) : ['✗ ', ...(Array.isArray(fault) ? fault : [fault])],
  ],
  look: fault === undefined ? 'good' : 'bad',
})

/** Who the client is for the server. */
const known = (to: string, { commonName, organizations }: InventoryRow): Branch => ({
  icon: 'User',
  lines: [
    say('knownTo', to),
    `User ${commonName}`,
    ...(to === 'etcd' || organizations.length === 0 ? [] : [`Group ${organizations.join(', ')}`]),
  ],
  look: 'good',
})
