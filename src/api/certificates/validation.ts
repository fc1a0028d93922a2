/** Validation of CertificateSigningRequests. Source: pkg/apis/certificates/validation/validation.go. */
import { semanticEqual } from '../kind/equal.js'
import { repeats } from '../validation/repeats.js'
import type { FieldError } from '../field-error.js'
import { quote } from '../../lang/go/quote.js'
import { duplicate, forbidden, invalid, notSupported, required, tooLong } from '../field-error.js'
import { dnsLabelFaults, dnsSubdomainFaults } from '../validation/names.js'
import { derValue, DerError } from './der.js'
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from './generated.js'
import { base64Text, pemBlocks } from '../../lang/bytes/pem.js'
import { parseRequest } from './pkcs10.js'
import { legacyUnknownSigner } from './signers.js'

/** What v1beta1, and an update of an object that already has it, allow in spite of v1's rules. */
export interface Allowances {
  readonly legacySigner?: boolean
  readonly unknownUsages?: boolean
  readonly duplicateUsages?: boolean
  readonly emptyConditionType?: boolean
  readonly bothVerdicts?: boolean
  readonly duplicateConditions?: boolean
  readonly arbitraryCertificate?: boolean
}

/** The validated endpoint: only some may set the decision or the certificate. */
export type RequestWrite = 'main' | 'approval' | 'status'

const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
]
const SHORTEST_SECONDS = 600
const VERDICTS = ['Approved', 'Denied']
const LASTING = [...VERDICTS, 'Failed']

/** Returns the faults of a request, without its metadata. */
export function validateRequest(
  { spec, status }: CertificateSigningRequest,
  allow: Allowances = {},
): readonly FieldError[] {
  const { usages = [], signerName, expirationSeconds, request } = spec
  const errors: FieldError[] = []
  const fault = requestFault(request)
  if (fault !== undefined) errors.push(invalid('spec.request', (request as string | null) ?? null, fault))
  if (usages.length === 0) errors.push(required('spec.usages'))
  if (allow.unknownUsages !== true) {
    usages.forEach((usage, at) => {
      if (!USAGES.includes(usage)) errors.push(notSupported(`spec.usages[${at}]`, usage, USAGES))
    })
  }
  if (allow.duplicateUsages !== true) {
    for (const at of repeats(usages)) errors.push(duplicate(`spec.usages[${at}]`, usages[at]))
  }
  if (allow.legacySigner !== true && signerName === legacyUnknownSigner) {
    errors.push(
      invalid('spec.signerName', signerName, 'the legacy signerName is not allowed via this API version'),
    )
  } else {
    errors.push(...validateSignerName('spec.signerName', signerName))
  }
  if (expirationSeconds !== undefined && expirationSeconds < SHORTEST_SECONDS) {
    const why = 'may not specify a duration less than 600 seconds (10 minutes)'
    errors.push(invalid('spec.expirationSeconds', expirationSeconds, why))
  }
  errors.push(...validateConditions(status.conditions ?? [], allow))
  const certificateFault =
    allow.arbitraryCertificate === true ? undefined : faultOfCertificate(status.certificate)
  if (certificateFault !== undefined)
    errors.push(invalid('status.certificate', '<certificate data>', certificateFault))
  return errors
}

function requestFault(request: string): string | undefined {
  try {
    parseRequest(request)
    return undefined
  } catch (error) {
    if (error instanceof DerError) return error.message
    throw error
  }
}

const LONGEST_DOMAIN = 253
/** A domain, a slash, a subdomain, a dot and a label. */
const LONGEST_SIGNER = 571

/**
 * Returns the faults of a signer's name: `example.com/my-name`. Source: pkg/apis/core/validation
 * ValidateSignerName.
 */
export function validateSignerName(path: string, name: string): readonly FieldError[] {
  if (name === '') return [required(path)]
  const [domain = '', signer = '', ...more] = name.split('/')
  if (!name.includes('/') || more.length > 0) {
    return [
      invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'"),
    ]
  }
  const faultsIn = (segment: string, check: (label: string) => readonly string[]): readonly FieldError[] =>
    segment
      .split('.')
      .flatMap((label) =>
        check(label).map((why) => invalid(path, segment, `validating label ${quote(label)}: ${why}`)),
      )
  return [
    ...(domain.length > LONGEST_DOMAIN ? [tooLong(path, LONGEST_DOMAIN)] : []),
    ...faultsIn(domain, dnsLabelFaults),
    ...(domain.includes('.')
      ? []
      : [invalid(path, domain, 'should be a domain with at least two segments separated by dots')]),
    ...faultsIn(signer, dnsSubdomainFaults),
    ...(name.length > LONGEST_SIGNER ? [tooLong(path, LONGEST_SIGNER)] : []),
  ]
}

function validateConditions(
  conditions: readonly CertificateSigningRequestCondition[],
  allow: Allowances,
): readonly FieldError[] {
  const errors: FieldError[] = []
  const path = 'status.conditions'
  const seen = new Set<string>()
  conditions.forEach(({ type, status }, at) => {
    if (allow.emptyConditionType !== true && type === '') errors.push(required(`${path}[${at}].type`))
    const allowed = LASTING.includes(type) ? ['True'] : ['False', 'True', 'Unknown']
    if (status === '') errors.push(required(`${path}[${at}].status`))
    else if (!allowed.includes(status)) errors.push(notSupported(`${path}[${at}].status`, status, allowed))
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined
    if (allow.bothVerdicts !== true && opposite !== undefined && seen.has(opposite)) {
      errors.push(invalid(path, type, 'Approved and Denied conditions are mutually exclusive'))
    }
    if (allow.duplicateConditions !== true && seen.has(type))
      errors.push(duplicate(`${path}[${at}].type`, type))
    seen.add(type)
  })
  return errors
}

/** Source: validateCertificate. */
function faultOfCertificate(certificate: string | undefined): string | undefined {
  if ((certificate ?? '') === '') return undefined
  const text = base64Text(certificate)
  const blocks = pemBlocks(text)
  for (const { type, bytes, hasHeaders } of blocks) {
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${quote(type)}`
    if (hasHeaders) return 'no PEM block headers are permitted'
    try {
      derValue(bytes)
    } catch (error) {
      if (error instanceof DerError) return error.message
      throw error
    }
  }
  return blocks.length === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined
}

/** Returns the faults of an update, without its metadata. Faults of the old object are tolerated. */
export function validateRequestUpdate(
  next: CertificateSigningRequest,
  old: CertificateSigningRequest,
  write: RequestWrite,
): readonly FieldError[] {
  const errors = [...validateRequest(next, allowancesOf(old))]
  const ofType = (
    { status }: CertificateSigningRequest,
    type: string,
  ): readonly CertificateSigningRequestCondition[] =>
    (status.conditions ?? []).filter((condition) => condition.type === type)
  const refuse = (what: string, type: string): void => {
    errors.push(forbidden('status.conditions', `updates may not ${what} a condition of type "${type}"`))
  }
  for (const type of LASTING) if (ofType(next, type).length < ofType(old, type).length) refuse('remove', type)
  if (write !== 'approval') {
    for (const type of VERDICTS) {
      const [after, before] = [ofType(next, type), ofType(old, type)]
      if (after.length > before.length) refuse('add', type)
      else if (after.length === before.length && !semanticEqual(after, before)) refuse('modify', type)
    }
  }
  const [after = '', before = ''] = [next.status.certificate, old.status.certificate]
  if (after !== before && write !== 'status')
    errors.push(forbidden('status.certificate', 'updates may not set certificate content'))
  else if (after !== before && before !== '') {
    errors.push(forbidden('status.certificate', 'updates may not modify existing certificate content'))
  }
  return errors
}

function allowancesOf({
  spec: { usages = [], signerName },
  status: { conditions = [], certificate },
}: CertificateSigningRequest): Allowances {
  const types = conditions.map(({ type }) => type)
  return {
    legacySigner: signerName === legacyUnknownSigner,
    unknownUsages: usages.some((usage) => !USAGES.includes(usage)),
    duplicateUsages: new Set(usages).size < usages.length,
    emptyConditionType: types.includes(''),
    bothVerdicts: VERDICTS.every((type) => types.includes(type)),
    duplicateConditions: new Set(types).size < types.length,
    arbitraryCertificate: faultOfCertificate(certificate) !== undefined,
  }
}
