import { checkCertificatesViewed } from './inputs.js'
import type { InventoryRow } from '../pki/index.js'
import type { Branch, Tree } from './tree.js'
import { displayedView } from './display.js'
import { say } from './words.js'

const DAY = 86_400_000
/** When kubeadm and kubelets renew at the latest, in days. */
const SOON = 30

/**
 * Returns the certificates of a control plane below the authorities that signed them, with their expiry.
 * @example toText(viewOfCertificates(cluster))
 */
export function viewOfCertificates(cluster: {
  now(): number
  readonly pki: { inventory(): readonly InventoryRow[] }
}): Tree {
  checkCertificatesViewed([cluster])
  const now = cluster.now()
  const rows = cluster.pki.inventory().filter(({ notAfter }) => notAfter !== undefined)
  const authorities = rows.filter(isAuthority)
  return displayedView({
    title: say('certificates', dateOf(now)),
    roots: authorities.map((authority) => ({
      ...certificateBranch(authority, now),
      branches: rows
        .filter((row) => !isAuthority(row) && row.issuer === authority.commonName)
        .map((row) => certificateBranch(row, now)),
    })),
  })
}

const isAuthority = ({ component }: InventoryRow): boolean => component.startsWith('Certificate Authority')

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

function certificateBranch(
  { commonName, path, component, type, notAfter = 0 }: InventoryRow,
  now: number,
): Branch {
  const days = Math.floor((notAfter - now) / DAY)
  const isExpired = notAfter <= now
  const left = isExpired
    ? say('cross', say('expired', dateOf(notAfter)))
    : say('expires', dateOf(notAfter), days)
  const isSoon = !isExpired && days < SOON
  return {
    icon: 'Certificate',
    lines: [
      commonName,
      path.replace('/etc/kubernetes/', ''),
      `${component}: ${type}`,
      isSoon ? say('warning', left) : left,
    ],
    ...(isExpired || isSoon ? { look: 'bad' as const } : {}),
  }
}
