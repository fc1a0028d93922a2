import { keyIdentifier, signCertificate } from '../../../pki/certificate.js'
import type { Certificate } from '../../../pki/certificate.js'
import { bytesOf, digest, fromDer, fromPem, hex } from '../../../pki/crypto/der.js'
import type { Asn1 } from '../../../pki/crypto/der.js'
import { parsePublicKeyInfo } from '../../../pki/crypto/rsa.js'
import type { PrivateKey } from '../../../pki/crypto/rsa.js'
import { attributesOf, parseCertificates, parseRequest } from '../../../pki/index.js'
import { opensslTime } from '../../machine/texts.js'
import type { CommandCall, CommandOutput, Options } from '../command.js'
import { addExtensions, ExtensionFault, itemsOf, signedExtensions } from './extensions.js'
import type { ExtensionItem, Signing } from './extensions.js'
import { OpensslFault, readCertificate, readConfig, readKey, readPem, writtenBlock } from './files.js'
import { DAY, digestOf, givenSerial, newSerial } from './signing.js'
import {
  certificateParts,
  certificateText,
  nameText,
  nameTextOf,
  publicKeyOf,
  selectedExtensions,
} from './text.js'

/** `openssl x509`: prints a certificate, signs a request, or signs a certificate again. */
export function x509(call: CommandCall, options: Options): CommandOutput {
  const [key, authority] = [options.get('key', 'signkey'), options.get('CA')]
  if (!options.has('req') && key === undefined && authority === undefined) {
    const { pem } = readCertificate(call, options.get('in'), 'certificate', options.get('inform'))
    return printed(call, options, pem)
  }
  if (key !== undefined && authority !== undefined)
    throw new OpensslFault('Cannot use both -key/-signkey and -CA option')
  const warning =
    options.has('extensions') && !options.has('extfile')
      ? 'Warning: ignoring -extensions option without -extfile\n'
      : ''
  const source = options.has('req') ? requestIn(call, options) : certificateIn(call, options)
  if (key === undefined && authority === undefined) return { stderr: source.told + NO_KEY, code: 1 }
  const order = key === undefined ? authorityOrder(call, options) : selfOrder(call, options, key, source)
  const { pem, told = '' } = { ...order, pem: signedBy(call, options, source, order) }
  return printed(call, options, pem, warning + source.told + told)
}

const NO_KEY = 'We need a private key to sign with, use -key or -CAkey or -CA with private key\n'

/** What is signed: the content of a request, or of a certificate that is signed again. */
interface Source {
  readonly subjectName: Asn1
  readonly publicKeyInfo: Asn1
  readonly items: readonly ExtensionItem[]
  /** What is printed of it. */
  readonly told: string
}

/** Who signs. */
interface Signer {
  readonly key: PrivateKey
  /** Undefined for a certificate that signs itself. */
  readonly authority: Certificate | undefined
  readonly authorityName: Asn1
  readonly serial: bigint
  readonly told?: string
}

function requestIn(call: CommandCall, options: Options): Source {
  const pem = readRequest(call, options)
  const request = parseRequest(pem)
  const mode = options.get('copy_extensions') ?? 'none'
  if (!['none', 'copy', 'copyall'].includes(mode))
    throw new OpensslFault(`Invalid extension copy option: ${mode}\nx509: Use -help for summary.`)
  if (options.has('clrext') && mode !== 'none')
    throw new OpensslFault('Must not use -clrext together with -copy_extensions')
  return {
    subjectName: request.subjectName,
    publicKeyInfo: request.publicKeyInfo,
    items: mode === 'none' ? [] : itemsOf(request.extensionList),
    told: `Certificate request self-signature ok\nsubject=${nameText(request.subjectName)}\n`,
  }
}

/** Reads the request of `-in` as PEM, whose signature is right. */
export function readRequest(call: CommandCall, options: Options): string {
  const path = options.get('in')
  const types = ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']
  const pem = readPem(call, path, 'request file', types, options.get('inform'))
  if (pem === undefined)
    throw new OpensslFault(
      `error: unable to load X509 request from ${path === undefined ? 'stdin' : `file '${path}'`}`,
    )
  try {
    parseRequest(pem)
  } catch (error) {
    throw new OpensslFault(
      'Certificate request self-signature did not match the contents\n' +
        (error instanceof Error ? error.message : ''),
    )
  }
  return pem
}

function certificateIn(call: CommandCall, options: Options): Source {
  const { certificate, pem } = readCertificate(call, options.get('in'), 'certificate', options.get('inform'))
  if (options.has('CA') && certificate.subjectDer !== certificate.issuerDer)
    throw new OpensslFault(
      'Could not sign a certificate that another authority has signed: give its request, -req',
    )
  const { info, extensions } = certificateParts(pem)
  return {
    subjectName: fromDer(certificate.subjectDer),
    publicKeyInfo: info,
    items: options.has('clrext') ? [] : itemsOf(extensions),
    told: '',
  }
}

function selfOrder(
  call: CommandCall,
  options: Options,
  path: string,
  { subjectName, publicKeyInfo }: Source,
): Signer {
  const key = readKey(call, path)
  const fits = parsePublicKeyInfo(publicKeyInfo)?.modulus === key.modulus
  const number = options.get('set_serial')
  return {
    key,
    authority: undefined,
    authorityName: subjectName,
    serial: number === undefined ? newSerial(call) : givenSerial(number),
    told: fits ? '' : 'Warning: Signature key and public key of cert do not match\n',
  }
}

function authorityOrder(call: CommandCall, options: Options): Signer {
  const path = options.get('CA') ?? ''
  const { certificate } = readCertificate(call, path, 'CA certificate')
  const key = readKey(call, options.get('CAkey') ?? path, 'CA private key')
  if (key.modulus !== certificate.publicKey?.modulus)
    throw new OpensslFault('CA certificate and CA private key do not match')
  const number = options.get('set_serial')
  return {
    key,
    authority: certificate,
    authorityName: fromDer(certificate.subjectDer),
    serial: number === undefined ? nextSerial(call, options, path) : givenSerial(number),
  }
}

/** Takes the next number of the authority's file, `ca.srl`. Source: openssl apps/x509.c x509_load_serial. */
function nextSerial(call: CommandCall, options: Options, authority: string): bigint {
  const { files } = call.machine
  const named = options.get('CAserial') ?? authority.replace(/\.[^./]*$/, '') + '.srl'
  const path = call.path(named)
  const before = files.text(path)?.trim()
  if (before === undefined && options.has('CAserial') && !options.has('CAcreateserial'))
    throw new OpensslFault(`${named}: No such file or directory`)
  if (before !== undefined && !/^[0-9A-Fa-f]+$/.test(before))
    throw new OpensslFault(`Unable to load number from ${named}`)
  const serial = before === undefined ? newSerial(call) : BigInt(`0x${before}`) + 1n
  if (before !== undefined || options.has('CAcreateserial')) files.write(path, `${hexOf(serial)}\n`)
  return serial
}

function signedBy(call: CommandCall, options: Options, source: Source, signer: Signer): string {
  const { authority, key } = signer
  const subjectKey = keyIdentifier(source.publicKeyInfo)
  const authorityKey = authority?.subjectKeyId ?? hex(subjectKey)
  const signing: Signing = {
    subjectKey,
    issuer: {
      key: authorityKey === '' ? undefined : bytesOf(BigInt(`0x${authorityKey}`), authorityKey.length / 2),
      name: authority === undefined ? source.subjectName : fromDer(authority.issuerDer),
      serial: authority?.serial ?? signer.serial,
    },
  }
  const now = call.machine.cluster.now()
  return signCertificate(
    {
      serial: signer.serial,
      issuerName: signer.authorityName,
      notBefore: now,
      notAfter: now + Number(options.get('days') ?? 30) * DAY,
      subjectName: source.subjectName,
      publicKeyInfo: source.publicKeyInfo,
      extensions: signedExtensions(
        extended(call, options, source.items, signing),
        signing,
        parsePublicKeyInfo(source.publicKeyInfo)?.modulus === key.modulus,
      ),
    },
    key,
    digestOf(options),
  )
}

/** Adds the extensions of `-extfile`. */
function extended(
  call: CommandCall,
  options: Options,
  items: readonly ExtensionItem[],
  signing: Signing,
): readonly ExtensionItem[] {
  const path = options.get('extfile')
  if (path === undefined) return items
  const config = readConfig(call, path, 'x509')
  const section = options.get('extensions') ?? config.get('default', 'extensions') ?? 'default'
  const entries = config.section(section)
  if (entries === undefined) throw new OpensslFault(`Error checking extension section ${section}`)
  try {
    return addExtensions(items, entries, config, section, () => signing)
  } catch (error) {
    if (!(error instanceof ExtensionFault)) throw error
    throw new OpensslFault(`Error checking extension section ${section}\n${error.message}`)
  }
}

/** Prints what the options ask for of a certificate, in their order, and then the certificate. */
function printed(call: CommandCall, options: Options, pem: string, told = ''): CommandOutput {
  const [certificate] = parseCertificates(pem)
  if (certificate === undefined) throw new OpensslFault('Unable to load certificate')
  let [stdout, stderr] = ['', told]
  for (const [at, arg] of call.args.entries()) {
    const option = arg.replace(/^--?/, '').replace(/=[^]*$/, '')
    if (!arg.startsWith('-')) continue
    if (option !== 'ext') stdout += part(certificate, pem, option, options)
    else {
      const names = arg.includes('=') ? arg.slice(arg.indexOf('=') + 1) : (call.args[at + 1] ?? '')
      const text = selectedExtensions(pem, names.split(','))
      if (text === '') stderr += 'No extensions in certificate\n'
      stdout += text
    }
  }
  const checkend = options.get('checkend')
  if (checkend !== undefined) {
    const expires = certificate.notAfter < call.machine.cluster.now() + Number(checkend) * 1000
    return {
      stdout: `${stdout}Certificate will ${expires ? '' : 'not '}expire\n`,
      stderr,
      code: expires ? 1 : 0,
    }
  }
  const [fits, checks] = matches(certificate, options)
  stdout += checks
  if (!fits) return { stdout, stderr, code: 1 }
  if (options.has('noout', 'nocert')) {
    const { stderr: more = '', ...output } = writtenBlock(call, options, '', stdout)
    return { ...output, stderr: stderr + more }
  }
  return writtenBlock(call, options, pem, stdout, stderr)
}

/** `-checkhost` and `-checkip`: whether all fit, and what is printed. */
function matches({ names, subject }: Certificate, options: Options): readonly [boolean, string] {
  const [host, ip] = [options.get('checkhost'), options.get('checkip')]
  const known = names.dns === undefined || names.dns.length === 0 ? [subject.commonName] : names.dns
  const results: (readonly [string, boolean])[] = []
  if (host !== undefined)
    results.push([
      `Hostname ${host}`,
      known.some((one) => matchesName(one.toLowerCase(), host.toLowerCase())),
    ])
  if (ip !== undefined) results.push([`IP ${ip}`, names.ip?.includes(ip) === true])
  return [
    results.every(([, fits]) => fits),
    results.map(([what, fits]) => `${what} does ${fits ? '' : 'NOT '}match certificate\n`).join(''),
  ]
}

const matchesName = (pattern: string, name: string): boolean =>
  pattern === name || (pattern.startsWith('*.') && name.slice(name.indexOf('.')) === pattern.slice(1))

/** What an option of `openssl x509` prints; '' if it prints nothing. Source: openssl apps/x509.c. */
function part(certificate: Certificate, pem: string, option: string, options: Options): string {
  const { publicKey: key, names, subjectDer } = certificate
  switch (option) {
    case 'subject':
      return `subject=${nameTextOf(subjectDer)}\n`
    case 'issuer':
      return `issuer=${nameTextOf(certificate.issuerDer)}\n`
    case 'serial':
      return `serial=${hexOf(certificate.serial)}\n`
    case 'startdate':
      return `notBefore=${opensslTime(certificate.notBefore)}\n`
    case 'enddate':
      return `notAfter=${opensslTime(certificate.notAfter)}\n`
    case 'dates':
      return part(certificate, pem, 'startdate', options) + part(certificate, pem, 'enddate', options)
    case 'email':
      return [
        ...attributesOf(fromDer(subjectDer)).flatMap(([name, value]) =>
          name === 'emailAddress' ? [value] : [],
        ),
        ...(names.email ?? []),
      ]
        .map((address) => `${address}\n`)
        .join('')
    case 'modulus':
      return `Modulus=${key?.modulus.toString(16).toUpperCase() ?? 'Wrong Algorithm type'}\n`
    case 'fingerprint':
      return fingerprint(pem, options)
    case 'pubkey':
      return publicKeyOf(pem)
    case 'text':
      return certificateText(certificate, pem)
    default:
      return ''
  }
}

/** The digest of the whole certificate; its name as it was typed, or SHA1 by default. */
function fingerprint(pem: string, options: Options): string {
  const [block] = fromPem(pem)
  const name = (['sha1', 'sha256', 'sha384', 'sha512'] as const).find((each) => options.has(each))
  const digits = hex(digest(name ?? 'sha1', block?.der ?? '')).toUpperCase()
  return `${name ?? 'SHA1'} Fingerprint=${digits.match(/../g)?.join(':')}\n`
}

function hexOf(value: bigint): string {
  const text = value.toString(16).toUpperCase()
  return text.length % 2 === 0 ? text : `0${text}`
}
