import type { CertificateSigningRequest } from '../../api/certificates/generated.js'
import { timeMs } from '../../lang/go/time.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { runPeriodically } from '../shared/queue.js'
import { hasCondition, isIssued } from './conditions.js'

const HOUR = 3_600_000
const PERIOD = HOUR
/** How long an approved, denied or failed request is kept, in ms. */
const DECIDED_KEPT = HOUR
/** How long an undecided request is kept, in ms. */
const PENDING_KEPT = 24 * HOUR

/** Options of {@link createCsrCleaner}. */
export interface CsrCleanerOptions {
  /** Returns when a PEM certificate expires, in virtual ms. */
  readonly notAfter: (pem: string) => number
}

/**
 * Creates the controller that deletes old requests and those with an expired certificate, once an hour.
 * Source: pkg/controller/certificates/cleaner/cleaner.go.
 */
export function createCsrCleaner({ notAfter }: CsrCleanerOptions): Component {
  return {
    name: controllerName('certificatesigningrequest-cleaner-controller'),
    identity: controllerIdentity('certificate-controller'),
    setup: (host) => {
      const requests = host.informer('certificatesigningrequests')
      const stale = (now: number): readonly CertificateSigningRequest[] =>
        requests.list().filter((csr) => isStale(csr, now, notAfter))
      const clean = (): void => {
        for (const csr of stale(host.clock.now())) remove(host, csr)
      }
      const accepts = (now: number): boolean => stale(now).length === 0
      const leap = { settles: 0, mayReach: accepts } // what is not stale then is not stale before
      runPeriodically(host, 'clean', PERIOD, [requests], clean, () => ({ accepts, leap }))
    },
  }
}

function isStale(
  csr: CertificateSigningRequest,
  now: number,
  notAfter: CsrCleanerOptions['notAfter'],
): boolean {
  if (isIssued(csr) && notAfter(atob(csr.status.certificate as string)) < now) return true
  const { conditions = [] } = csr.status
  if (conditions.length === 0)
    return !isIssued(csr) && now - (timeMs(csr.metadata.creationTimestamp) ?? now) > PENDING_KEPT
  const decided = (['Approved', 'Denied', 'Failed'] as const).some((type) => hasCondition(csr, type))
  return (
    decided && conditions.some(({ lastUpdateTime }) => now - (timeMs(lastUpdateTime) ?? now) > DECIDED_KEPT)
  )
}

function remove(host: ComponentHost, { metadata }: CertificateSigningRequest): void {
  ignoreNotFound(() => host.client.delete('certificatesigningrequests', metadata))
}
