import type { TLSSocket } from 'node:tls'
import type { X509Certificate } from 'node:crypto'
import type { UserInfo } from '../apiserver/client/client.js'
import type { Certificate, CertificateIdentity, Pki } from '../pki/index.js'
import { readChain } from '../pki/index.js'

/** Who a connection belongs to: nobody in particular, a user, or someone whose certificate is not to be trusted. */
export type Peer = { readonly kind: 'none' } | { readonly kind: 'user'; readonly user: UserInfo } | { readonly kind: 'refused'; readonly reason: string }

const NOBODY: Peer = { kind: 'none' }

/** What was found out of a connection, and while it holds. */
interface Known {
  readonly chain: readonly Certificate[]
  /** The trusted authorities at that time. */
  readonly authority: string
  readonly from: number
  readonly until: number
  readonly peer: Peer
}

/**
 * Verifies client certificates at virtual time, once for each connection as long as nothing changes.
 * Source: apiserver pkg/authentication/request/x509 (common name is the user, organizations are groups).
 */
export class Peers {
  readonly #pki: Pki
  readonly #now: () => number
  readonly #known = new WeakMap<object, Known | 'no certificate'>()

  constructor(pki: Pki, now: () => number) {
    this.#pki = pki
    this.#now = now
  }

  /** Whose connection it is; `connection` is the same object for all requests on it. */
  peerOf(connection: object, socket: TLSSocket): Peer {
    let known = this.#known.get(connection)
    if (known === 'no certificate') return NOBODY
    const now = this.#now()
    const authority = this.#pki.read('/etc/kubernetes/pki/ca.crt')
    if (known !== undefined && known.authority === authority && now >= known.from && now <= known.until) return known.peer
    const chain = known?.chain ?? chainOf(socket)
    if (chain === undefined) {
      this.#known.set(connection, 'no certificate')
      return NOBODY
    }
    known = { chain, authority, ...this.#judge(chain, now) }
    this.#known.set(connection, known)
    return known.peer
  }

  #judge(chain: readonly Certificate[], now: number): Pick<Known, 'peer' | 'from' | 'until'> {
    const verdict = this.#pki.identify(chain, now)
    if (typeof verdict === 'string') return { peer: { kind: 'refused', reason: verdict }, from: now, until: now }
    const used = [...chain, this.#pki.authority().certificate]
    return {
      peer: { kind: 'user', user: userOf(verdict) },
      from: Math.max(...used.map(({ notBefore }) => notBefore)), until: Math.min(...used.map(({ notAfter }) => notAfter)),
    }
  }
}

function userOf({ commonName, organizations }: CertificateIdentity): UserInfo {
  const groups = organizations.includes('system:authenticated') ? organizations : [...organizations, 'system:authenticated']
  return { name: commonName, groups }
}

/** The certificates that a client has shown; undefined when none. What cannot be read is as good as one of an unknown authority. */
export function chainOf(socket: TLSSocket): readonly Certificate[] | undefined {
  const leaf = socket.getPeerX509Certificate()
  if (leaf === undefined) return undefined
  const chain: string[] = []
  const seen = new Set<string>()
  for (let next: X509Certificate | undefined = leaf; next !== undefined && !seen.has(next.fingerprint256); next = next.issuerCertificate) {
    seen.add(next.fingerprint256)
    chain.push(next.toString())
  }
  try {
    return readChain(chain.join('\n'))
  } catch {
    return []
  }
}
