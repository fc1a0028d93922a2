import type { CertificateSigningRequest } from '../../api/certificates/generated.js'

/** Whether a condition of that type is true. */
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

/** Whether there is a certificate already. */
export function isIssued({ status }: CertificateSigningRequest): boolean {
  return (status.certificate ?? '') !== ''
}
