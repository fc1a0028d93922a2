import type { CertificateSigningRequest } from '../../api/certificates/generated.js'
import { humanDuration } from '../../lang/go/duration.js'
import { formatLabels } from '../../api/selectors/labels.js'
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../api/rbac/generated.js'
import { parseRequest } from '../../pki/request.js'
import { KubectlError } from '../call/errors.js'
import { compactRules, resourceText } from '../objects/policy-rules.js'
import type { DescribeContext } from './describer.js'
import { writeObjectEvents } from './describer.js'
import type { DescriptionWriter } from './writer.js'
import { longTime, writeAnnotations, writeLabels } from './writer.js'

function writeMetadata(
  out: DescriptionWriter,
  { metadata }: Role | ClusterRole | RoleBinding | ClusterRoleBinding,
): void {
  out.line(0, `Name:\t${metadata.name ?? ''}`)
  writeLabels(out, 'Labels', metadata.labels)
  writeAnnotations(out, metadata.annotations)
}

/** `kubectl describe role`, `clusterrole`. Source: kubectl pkg/describe RoleDescriber. */
export function describeRole(out: DescriptionWriter, role: Role | ClusterRole): void {
  writeMetadata(out, role)
  out.line(0, 'PolicyRule:')
  out.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs')
  out.line(1, '---------\t-----------------\t--------------\t-----')
  for (const rule of compactRules(role.rules ?? [])) {
    const list = (values: readonly string[] | undefined): string => `[${(values ?? []).join(' ')}]`
    const lists = [rule.nonResourceURLs, rule.resourceNames, rule.verbs].map(list)
    out.line(1, [resourceText(rule), ...lists].join('\t'))
  }
}

/**
 * `kubectl describe rolebinding`, `clusterrolebinding`. Source: kubectl pkg/describe RoleBindingDescriber.
 */
export function describeRoleBinding(out: DescriptionWriter, binding: RoleBinding | ClusterRoleBinding): void {
  writeMetadata(out, binding)
  out.line(0, 'Role:')
  out.line(1, `Kind:\t${binding.roleRef.kind}`)
  out.line(1, `Name:\t${binding.roleRef.name}`)
  out.line(0, 'Subjects:')
  out.line(1, 'Kind\tName\tNamespace')
  out.line(1, '----\t----\t---------')
  for (const { kind, name, namespace = '' } of binding.subjects ?? [])
    out.line(1, `${kind}\t${name}\t${namespace}`)
}

/** First minor whose certificate requests name their signer. */
const SIGNERS_SINCE = 18

/**
 * `kubectl describe csr`. Source: kubectl pkg/describe describeCertificateSigningRequest. @throws
 * KubectlError if the request cannot be parsed.
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

/** Formats the status: `Approved,Issued`. */
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
