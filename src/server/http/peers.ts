import type { TLSSocket } from 'node:tls'
import type { X509Certificate } from 'node:crypto'
import type { Certificate } from '../../pki/index.js'
import { readChain } from '../../pki/index.js'

const known = new WeakMap<object, string>()

/**
 * Returns the client's certificates of a connection, as PEM, the leaf first; undefined when it has sent none.
 * `connection` is the same object for all requests on it and keys a cache.
 */
export function chainOn(connection: object, socket: TLSSocket): string | undefined {
  let chain = known.get(connection)
  if (chain === undefined) known.set(connection, (chain = pemOf(socket) ?? ''))
  return chain === '' ? undefined : chain
}

function pemOf(socket: TLSSocket): string | undefined {
  const leaf = socket.getPeerX509Certificate()
  if (leaf === undefined) return undefined
  const chain: string[] = []
  const seen = new Set<string>()
  for (
    let next: X509Certificate | undefined = leaf;
    next !== undefined && !seen.has(next.fingerprint256);
    next = next.issuerCertificate
  ) {
    seen.add(next.fingerprint256)
    chain.push(next.toString())
  }
  return chain.join('\n')
}

/**
 * Returns a client's certificates; undefined when it has sent none. Certificates that cannot be parsed give
 * an empty list, which verifies like an unknown authority.
 */
export function chainOf(socket: TLSSocket): readonly Certificate[] | undefined {
  const chain = pemOf(socket)
  if (chain === undefined) return undefined
  try {
    return readChain(chain)
  } catch {
    return []
  }
}
