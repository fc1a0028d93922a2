import { X509Certificate } from 'node:crypto'
import type { KubeObject } from '../../../src/api/kind/definition.js'

/** What the recordings keep of a certificate. */
interface Facts {
  readonly subject: string
  readonly issuer: string
  readonly ca: boolean
  readonly keyUsage: readonly string[]
  readonly lifetimeSeconds: number
  /** How long before the request it was valid from. */
  readonly backdatedSeconds: number
  readonly serialBits: number
}

/**
 * A certificate as it was recorded, and the one here; backdating is told to the second, which request and
 * signing may fall on either side of.
 */
export function certificateFacts(
  expected: unknown,
  requests: readonly KubeObject[],
  name: string,
): readonly [expected: unknown, actual: unknown] {
  const { serialBits: _, backdatedSeconds, ...facts } = expected as Facts
  const request = requests.find(({ metadata }) => metadata.name === name) as
    | (KubeObject & { status?: { certificate?: string } })
    | undefined
  const pem = request?.status?.certificate
  if (request === undefined || pem === undefined) return [facts, undefined]
  const certificate = new X509Certificate(Buffer.from(pem, 'base64'))
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]
  const backdated = (Date.parse(request.metadata.creationTimestamp ?? '') - from) / 1000
  return [
    { ...facts, isBackdated: true },
    {
      subject: certificate.subject,
      issuer: certificate.issuer,
      ca: certificate.ca,
      keyUsage: certificate.keyUsage,
      lifetimeSeconds: (to - from) / 1000,
      isBackdated: Math.abs(backdated - backdatedSeconds) <= 5,
    },
  ]
}
