import type { CertificateSigningRequest } from '../../api/certificates/generated.js'

/**
 * Whether a condition of that type is present and not False or Unknown: older clients leave the status empty.
 */
export function hasCondition(
  { status }: CertificateSigningRequest,
  type: 'Approved' | 'Denied' | 'Failed',
): boolean {
  return (
    status.conditions?.some(
      (condition) =>
        condition.type === type && condition.status !== 'False' && condition.status !== 'Unknown',
    ) ?? false
  )
}

/** Whether the certificate has been issued. */
export function isIssued({ status }: CertificateSigningRequest): boolean {
  return (status.certificate ?? '') !== ''
}
