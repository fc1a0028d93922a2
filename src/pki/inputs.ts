import * as z from 'zod/mini'
import { anyObject, argumentsCheck, shaped, text, type ArgumentCheck } from '../api/checked-input.js'
import { InputError } from '../lang/input-error.js'

const aPki = shaped(
  z.custom(
    (value) => typeof value === 'object' && value !== null && 'authority' in value,
    'must be the PKI of a cluster: cluster.pki',
  ),
)
const instant = z.number()
const authority = z.enum(['ca', 'front-proxy-ca', 'etcd/ca'])
const subject = z.strictObject({ commonName: z.string(), organizations: z.optional(z.array(z.string())) })

/** Checks the arguments of `certificateExpiry()`. */
export const checkExpiry: ArgumentCheck = argumentsCheck(
  'certificateExpiry()',
  'certificateExpiry(cluster.pki)',
  () => ({ pki: aPki }),
)

/** Checks the arguments of `expiryText()`. */
export const checkExpiryText: ArgumentCheck = argumentsCheck(
  'expiryText()',
  'expiryText(certificateExpiry(cluster.pki), cluster.now())',
  () => ({
    expiry: z.looseObject({ certificates: z.array(anyObject()), authorities: z.array(anyObject()) }),
    now: instant,
  }),
)

/** Checks the arguments of `renewCertificates()`. */
export const checkRenewed: ArgumentCheck = argumentsCheck(
  'renewCertificates()',
  "renewCertificates(cluster.pki, 'apiserver', cluster.now())",
  () => ({ pki: aPki, name: text, now: instant }),
)

/** Checks the arguments of `pki.clientCertificate()`. */
export const checkClient: ArgumentCheck = argumentsCheck(
  'clientCertificate()',
  "cluster.pki.clientCertificate({ commonName: 'jane' }, { notBefore: cluster.now() })",
  () => ({ subject, validity: z.strictObject({ notBefore: instant, validFor: z.optional(instant) }) }),
)

/** Checks the arguments of `pki.sign()`. */
export const checkSigned: ArgumentCheck = argumentsCheck(
  'sign()',
  "cluster.pki.sign({ subject, notBefore, notAfter, keyUsages: ['digital signature'] }, publicKey)",
  () => ({
    spec: z.strictObject({
      subject,
      subjectName: z.optional(anyObject()),
      serial: z.optional(z.bigint()),
      notBefore: instant,
      notAfter: instant,
      keyUsages: z.array(z.string()),
      purposes: z.optional(z.array(z.string())),
      isCa: z.optional(z.boolean()),
      maxPathLength: z.optional(z.number()),
      names: z.optional(anyObject()),
    }),
    publicKey: anyObject(),
    authority: z.optional(authority),
  }),
)

/** Checks the arguments of `pki.authority()`. */
export const checkAuthority: ArgumentCheck = argumentsCheck(
  'authority()',
  "cluster.pki.authority('front-proxy-ca')",
  () => ({ name: authority }),
)

/** Checks the arguments of `pki.identify()`. */
export const checkIdentified: ArgumentCheck = argumentsCheck(
  'identify()',
  'cluster.pki.identify([leaf, ...intermediates], cluster.now())',
  () => ({ certificates: z.array(anyObject()), now: instant }),
)

/**
 * Checks a path and a node of `pki.read()` and its like, which are called for each request.
 * @throws InputError if the path is not absolute
 */
export function checkFile(path: unknown, node: unknown): void {
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw new InputError(
      `path must be absolute, such as '/etc/kubernetes/pki/ca.crt', not ${JSON.stringify(path)}`,
    )
  checkNode(node)
}

/** Checks the name of a node that may be left out. @throws InputError */
export function checkNode(node: unknown): void {
  if (node !== undefined && (typeof node !== 'string' || node === ''))
    throw new InputError(`node must be the name of a node such as 'node-1', not ${JSON.stringify(node)}`)
}

/** Checks the purpose of a key or of a serial number. @throws InputError */
export function checkPurpose(purpose: unknown): void {
  if (typeof purpose !== 'string' || purpose === '')
    throw new InputError(`a purpose must be a text such as 'user/jane', not ${JSON.stringify(purpose)}`)
}
