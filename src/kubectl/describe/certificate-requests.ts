import type { CertificateSigningRequest } from '../../api/certificates/generated.js'
import { humanDuration } from '../../api/duration.js'
import { formatLabels } from '../../api/labels.js'
import { parseRequest } from '../../pki/request.js'
import { KubectlError } from '../errors.js'
import type { DescribeContext } from './describer.js'
import { writeObjectEvents } from './describer.js'
import type { DescriptionWriter } from './writer.js'
import { longTime } from './writer.js'

/** First minor whose requests name their signer. */
const SIGNERS_SINCE = 18

/**
 * `kubectl describe csr`. Source: kubectl pkg/describe describeCertificateSigningRequest. @throws
 * KubectlError when the request cannot be read.
 */
export function describeCertificateRequest(
  out: DescriptionWriter,
  request: CertificateSigningRequest,
  context: DescribeContext,
): void {
  const { metadata, spec } = request
  out.line(0, `Name:\t${metadata.name ?? ''}`)
  out.line(0, `Labels:\t${formatLabels(metadata.labels)}`)
  out.line(0, `Annotations:\t${formatLabels(metadata.annotations)}`)
  out.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`)
  out.line(0, `Requesting User:\t${spec.username ?? ''}`)
  if (spec.signerName !== '' && context.release.minor >= SIGNERS_SINCE)
    out.line(0, `Signer:\t${spec.signerName}`)
  if (spec.expirationSeconds !== undefined)
    out.line(0, `Requested Duration:\t${humanDuration(spec.expirationSeconds * 1000)}`)
  out.line(0, `Status:\t${statusText(request)}`)
  writeSubject(out, spec.request)
  writeObjectEvents(out, request, context)
}

/** `Approved,Issued` */
function statusText({ status }: CertificateSigningRequest): string {
  const { conditions = [], certificate = '' } = status ?? {}
  const has = (type: string): boolean => conditions.some((one) => one.type === type)
  const decision = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  return `${decision}${has('Failed') ? ',Failed' : ''}${certificate === '' ? '' : ',Issued'}`
}

function writeSubject(out: DescriptionWriter, base64: string): void {
  let read: ReturnType<typeof parseRequest>
  try {
    read = parseRequest(atob(base64))
  } catch (error) {
    throw new KubectlError(`Error parsing CSR: ${error instanceof Error ? error.message : String(error)}`)
  }
  const { subject, names } = read
  out.line(0, 'Subject:')
  out.line(0, `\tCommon Name:\t${subject.commonName}`)
  out.line(0, '\tSerial Number:\t')
  writeValues(out, 'Organization', subject.organizations)
  const { dns = [], email = [], uri = [], ip = [] } = names
  if (dns.length + email.length + uri.length + ip.length === 0) return
  out.line(0, 'Subject Alternative Names:')
  writeValues(out, 'DNS Names', dns)
  writeValues(out, 'Email Addresses', email)
  writeValues(out, 'URIs', uri)
  writeValues(out, 'IP Addresses', ip)
}

function writeValues(out: DescriptionWriter, title: string, values: readonly string[]): void {
  for (const [at, value] of values.entries()) out.line(0, at === 0 ? `\t${title}:\t${value}` : `\t\t${value}`)
}
