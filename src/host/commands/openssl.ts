import {
  createCertificate,
  createRequest,
  nameOfAttributes,
  parseCertificates,
  parseRequest,
  verifyChain,
} from '../../pki/index.js'
import type { Subject } from '../../pki/index.js'
import { fromDer, toDer, toPem } from '../../pki/crypto/der.js'
import { parsePrivateKey, parsePublicKeyInfo, privateKeyPem, publicKeyPem } from '../../pki/crypto/rsa.js'
import type { PrivateKey } from '../../pki/crypto/rsa.js'
import type { Certificate } from '../../pki/certificate.js'
import type { CertificateRequest } from '../../pki/request.js'
import { binaryText, fromBase64, toBase64 } from '../../lang/bytes/base64.js'
import { contentOf } from '../../lang/bytes/content.js'
import { endpointHost } from '../../lang/go/host-port.js'
import { opensslTime } from '../machine/texts.js'
import type { CommandCall, CommandOutput, Options } from './command.js'
import { failed, readOptions, unknownOption } from './command.js'
import { digest } from './openssl-digest.js'
import { presentedAt } from './presented.js'
import { certificateText, extensionText, nameText, nameTextOf, requestText } from './openssl-text.js'

const DAY = 86_400_000
const VALUED = [
  'in',
  'out',
  'key',
  'subj',
  'CA',
  'CAkey',
  'CAserial',
  'days',
  'CAfile',
  'connect',
  'keyout',
  'set_serial',
  'extfile',
  'extensions',
  'newkey',
  'config',
  'servername',
  'checkend',
  'enddate',
  'signkey',
  'req',
  'ext',
  'inform',
  'outform',
].filter((name) => name !== 'enddate' && name !== 'req')

/**
 * openssl: genrsa, rand, req, x509, verify, rsa, dgst, and s_client's summary. Keys are the published test
 * keys, which are INSECURE but quick.
 */
export function openssl(call: CommandCall): CommandOutput {
  const [verb = '', ...rest] = call.args
  const options = readOptions(rest, VALUED)
  const run = VERBS[verb]
  if (verb === 'version')
    return { stdout: 'OpenSSL 3.0.13 30 Jan 2024 (Library: OpenSSL 3.0.13 30 Jan 2024)\n' }
  if (run === undefined) return failed(`Invalid command '${verb}'; type "help" for a list.`)
  try {
    return run(call, options)
  } catch (error) {
    if (error instanceof Missing)
      return failed(`Can't open "${error.message}" for reading, No such file or directory`)
    return failed(`Could not read what was given: ${error instanceof Error ? error.message : String(error)}`)
  }
}

class Missing extends Error {}

const VERBS: Readonly<Record<string, (call: CommandCall, options: Options) => CommandOutput>> = {
  genrsa: (call, options) => written(call, options, privateKeyPem(newKey(call))),
  rsa: (call, options) => {
    if (options.has('pubin')) return publicKey(call, options)
    const key = parsePrivateKey(input(call, options))
    if (options.has('check'))
      return { stdout: options.has('noout') ? 'RSA key ok\n' : `RSA key ok\n${privateKeyPem(key)}` }
    if (options.has('modulus')) return { stdout: `Modulus=${key.modulus.toString(16).toUpperCase()}\n` }
    return written(
      call,
      options,
      options.has('noout') ? '' : options.has('pubout') ? publicKeyPem(key) : privateKeyPem(key),
      'writing RSA key\n',
    )
  },
  rand,
  req,
  x509,
  verify,
  s_client: summary,
  dgst: digest,
  md5: digest,
  sha256: digest,
  pkey: (call, options) =>
    options.has('pubin')
      ? publicKey(call, options)
      : failed('pkey: only -pubin is simulated: write openssl rsa'),
}

/** `openssl rsa -pubin`: a public key as PEM, or as DER by `-outform der`. */
function publicKey(call: CommandCall, options: Options): CommandOutput {
  const pem = input(call, options)
  const [, body] = /-----BEGIN PUBLIC KEY-----\s([^-]+)-----END/.exec(pem) ?? []
  if (body === undefined) return failed('Could not read public key from <stdin>')
  const told = 'writing RSA key\n'
  if (options.get('outform')?.toLowerCase() !== 'der')
    return options.has('noout')
      ? {}
      : written(call, options, pem.slice(pem.indexOf('-----BEGIN PUBLIC')), told)
  const bytes = fromBase64(body.replaceAll(/\s/g, ''))
  const out = options.get('out')
  // without what it tells: just-bash miscounts bytes beside errors that are redirected
  if (out === undefined) return { stdout: binaryText(bytes), isBytes: true }
  call.machine.files.write(call.path(out), contentOf(bytes))
  return { stderr: told }
}

function rand(call: CommandCall, options: Options): CommandOutput {
  const [number = ''] = options.words
  if (!/^\d+$/.test(number)) return failed('Usage: rand [options] num')
  const bytes = call.machine.randomBytes(Number(number))
  if (options.has('base64'))
    return written(call, options, `${toBase64(bytes).replaceAll(/(.{64})(?=.)/g, '$1\n')}\n`)
  if (options.has('hex')) return written(call, options, `${hexText(bytes)}\n`)
  return { stdout: binaryText(bytes), isBytes: true }
}

const hexText = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

function input(call: CommandCall, options: Options, name = 'in'): string {
  const path = options.get(name)
  if (path === undefined) return call.stdin
  const text = call.machine.files.text(call.path(path))
  if (text === undefined) throw new Missing(path)
  return text
}

function written(call: CommandCall, options: Options, text: string, stderr = ''): CommandOutput {
  const out = options.get('out')
  if (out === undefined) return { stdout: text, stderr }
  call.machine.files.write(call.path(out), text)
  return { stderr }
}

/** Returns another key at each call, as long as there are unused test keys. */
function newKey({ machine }: CommandCall): PrivateKey {
  return machine.cluster.pki.key(`openssl/${machine.newId()}`)
}

/** Parses `/CN=gasbugs/O=boanproject`. */
function attributesFrom(text: string): readonly (readonly [string, string])[] {
  return text
    .split(/(?<!\\)\//)
    .filter((part) => part !== '')
    .map((part) => part.replaceAll('\\/', '/').split('='))
    .map(([name = '', ...value]) => [name, value.join('=')] as const)
}

function subjectFrom(attributes: readonly (readonly [string, string])[]): Subject {
  const of = (name: string): readonly string[] =>
    attributes.filter(([key]) => key === name).map(([, value]) => value)
  return { commonName: of('CN').at(-1) ?? '', organizations: of('O') }
}

const REQ_SWITCHES = (
  'new x509 nodes noenc noout text subject pubkey modulus verify batch quiet verbose utf8 ' +
  'sha256 sha384 sha512'
).split(' ')

/** What `openssl req` prints of a request, in its own order. Source: openssl apps/req.c. */
function requestParts(request: CertificateRequest, pem: string, options: Options): string {
  const key = parsePublicKeyInfo(request.publicKeyInfo)
  const modulus = key === undefined ? 'Wrong Algorithm type' : key.modulus.toString(16).toUpperCase()
  return (
    (options.has('pubkey') ? toPem('PUBLIC KEY', toDer(request.publicKeyInfo)) : '') +
    (options.has('text') ? requestText(request, pem) : '') +
    (options.has('subject') ? `subject=${nameText(request.subjectName)}\n` : '') +
    (options.has('modulus') ? `Modulus=${modulus}\n` : '')
  )
}

function req(call: CommandCall, options: Options): CommandOutput {
  const wrong = unknownOption(call.args.slice(1), VALUED, REQ_SWITCHES)
  if (wrong !== undefined)
    return failed(
      `req: Unknown option or message digest: ${wrong.replace(/^-+/, '')}\nreq: Use -help for summary.`,
    )
  if (!options.has('new', 'newkey')) {
    const pem = input(call, options)
    return written(
      call,
      options,
      requestParts(parseRequest(pem), pem, options) + (options.has('noout') ? '' : pem),
      options.has('verify') ? 'Certificate request self-signature verify OK\n' : '',
    )
  }
  const text = options.get('subj')
  if (text === undefined)
    return failed('this terminal cannot ask for a name: give it with -subj "/CN=name/O=group"')
  if (!text.startsWith('/'))
    return failed(
      'req: subject name is expected to be in the format /type0=value0/type1=value1/type2=... where ' +
        `characters may be escaped by \\. This name is not in that format: '${text}'`,
    )
  const key = options.has('key') ? parsePrivateKey(input(call, options, 'key')) : newKey(call)
  const keyout = options.get('keyout')
  if (keyout !== undefined) call.machine.files.write(call.path(keyout), privateKeyPem(key))
  const attributes = attributesFrom(text)
  const subject = subjectFrom(attributes)
  const subjectName = nameOfAttributes(attributes)
  if (!options.has('x509')) return written(call, options, createRequest(subject, key, {}, subjectName))
  const now = call.machine.cluster.now()
  return written(
    call,
    options,
    createCertificate(
      {
        subject,
        subjectName,
        serial: serial(call),
        notBefore: now,
        notAfter: now + Number(options.get('days') ?? 30) * DAY,
        keyUsages: [],
        isCa: true,
      },
      key,
      { subject, subjectName, key },
    ),
  )
}

const serial = ({ machine }: CommandCall): bigint => BigInt(`0x${machine.newId().slice(0, 15)}1`)

function x509(call: CommandCall, options: Options): CommandOutput {
  if (options.has('req')) return signRequest(call, options)
  const pem = input(call, options)
  const [certificate] = parseCertificates(pem)
  if (certificate === undefined)
    return failed('Could not read certificate from <stdin>\nUnable to load certificate')
  const wrong = unknownOption(call.args.slice(1), VALUED, X509_SWITCHES)
  if (wrong !== undefined)
    return failed(
      `x509: Unknown option or message digest: ${wrong.replace(/^-+/, '')}\nx509: Use -help for summary.`,
    )
  // it prints what is asked for in the order of the options
  let stdout = call.args
    .map((arg, at) => x509Part(certificate, arg.replace(/^--?/, ''), call.args[at + 1] ?? ''))
    .join('')
  if (options.has('text')) stdout += certificateText(certificate, pem)
  const checkend = options.get('checkend')
  if (checkend !== undefined) {
    const expires = certificate.notAfter < call.machine.cluster.now() + Number(checkend) * 1000
    return { stdout: `${stdout}Certificate will ${expires ? '' : 'not '}expire\n`, code: expires ? 1 : 0 }
  }
  return written(call, options, stdout + (options.has('noout') ? '' : pem))
}

const X509_SWITCHES = (
  'noout text subject issuer serial dates startdate enddate modulus fingerprint sha256 pubkey req new ' +
  'CAcreateserial nodes sha512 force_pubkey'
).split(' ')

/** What an option of `openssl x509` prints; '' if it prints nothing. Source: openssl apps/x509.c. */
function x509Part(certificate: Certificate, option: string, value: string): string {
  const { publicKey: key } = certificate
  switch (option) {
    case 'subject':
      return `subject=${nameTextOf(certificate.subjectDer)}\n`
    case 'issuer':
      return `issuer=${nameTextOf(certificate.issuerDer)}\n`
    case 'serial':
      return `serial=${hexOf(certificate.serial)}\n`
    case 'startdate':
      return `notBefore=${opensslTime(certificate.notBefore)}\n`
    case 'enddate':
      return `notAfter=${opensslTime(certificate.notAfter)}\n`
    case 'dates':
      return x509Part(certificate, 'startdate', '') + x509Part(certificate, 'enddate', '')
    case 'modulus':
      return `Modulus=${key?.modulus.toString(16).toUpperCase() ?? ''}\n`
    case 'fingerprint':
      return `sha256 Fingerprint=${certificate.fingerprint.toUpperCase().replaceAll(/(..)(?=.)/g, '$1:')}\n`
    case 'pubkey':
      return key === undefined ? '' : publicKeyPem(key)
    case 'ext':
      return value
        .split(',')
        .map((name) => extensionText(certificate, name))
        .join('')
    default:
      return ''
  }
}

function hexOf(value: bigint): string {
  const text = value.toString(16).toUpperCase()
  return text.length % 2 === 0 ? text : `0${text}`
}

function signRequest(call: CommandCall, options: Options): CommandOutput {
  const request = parseRequest(input(call, options))
  const days = Number(options.get('days') ?? 30)
  const now = call.machine.cluster.now()
  const [authority] = parseCertificates(input(call, options, 'CA'))
  if (authority === undefined) return failed('Could not read CA certificate')
  const key = parsePrivateKey(input(call, options, options.has('CAkey') ? 'CAkey' : 'CA'))
  if (key.modulus !== authority.publicKey?.modulus)
    return failed('CA certificate and CA private key do not match')
  const number = options.get('set_serial')
  const text = createCertificate(
    {
      subject: request.subject,
      subjectName: request.subjectName,
      serial: number === undefined ? serial(call) : BigInt(number),
      notBefore: now,
      notAfter: now + days * DAY,
      keyUsages: [],
    },
    request.publicKeyInfo,
    { subject: authority.subject, subjectName: fromDer(authority.subjectDer), key },
  )
  return written(
    call,
    options,
    text,
    `Certificate request self-signature ok\nsubject=${nameText(request.subjectName)}\n`,
  )
}

function verify(call: CommandCall, options: Options): CommandOutput {
  const roots = parseCertificates(input(call, options, 'CAfile'))
  let [stdout, stderr] = ['', '']
  for (const path of options.words) {
    const [leaf, ...intermediates] = parseCertificates(call.machine.files.text(call.path(path)) ?? '')
    if (leaf === undefined)
      return failed(
        `Could not open file or uri for loading certificate file from ${path}: No such file or ` +
          `directory\nUnable to load certificate file`,
        2,
      )
    const fault = verifyChain(leaf, {
      roots,
      intermediates,
      now: call.machine.cluster.now(),
      purpose: leaf.purposes[0] ?? 'any',
    })
    const isOwn = leaf.subjectDer === leaf.issuerDer
    const [code, words] =
      fault?.includes('expired') === true
        ? [10, 'certificate has expired']
        : isOwn
          ? [18, 'self-signed certificate']
          : [20, 'unable to get local issuer certificate']
    if (fault === undefined) stdout += `${path}: OK\n`
    else
      stderr +=
        `${nameTextOf(leaf.subjectDer)}\nerror ${code} at 0 depth lookup: ${words}\nerror ${path}: ` +
        `verification failed\n`
  }
  return { stdout, stderr, code: stderr === '' ? 0 : 2 }
}

/** Prints which certificate a server of the cluster presents, and whether it is trusted. */
function summary(call: CommandCall, options: Options): CommandOutput {
  const { machine } = call
  const { cluster } = machine
  const wrong = unknownOption(call.args.slice(1), VALUED, ['showcerts', 'brief', 'quiet'])
  if (wrong !== undefined)
    return failed(`s_client: Unknown option: ${wrong.replace(/^-+/, '')}\ns_client: Use -help for summary.`)
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(options.get('connect') ?? '') ?? []
  const shown = presentedAt(machine, endpointHost(host), Number(port))
  if (shown === 'closed') return failed('connect:errno=111')
  if (shown === 'plain')
    return {
      stdout:
        'CONNECTED(00000003)\n---\nno peer certificate available\n---\nNo client certificate CA names ' +
        'sent\n---\n',
      stderr: 'error:0A00010B:SSL routines:ssl3_get_record:wrong version number\n',
      code: 1,
    }
  if (shown === 'self-made')
    return failed(
      `s_client: the certificate that the program at port ${port} has made itself is not simulated`,
    )
  const { pem } = shown
  const [leaf] = parseCertificates(pem)
  if (leaf === undefined) return failed('no certificate')
  const trusted =
    options.has('CAfile') &&
    verifyChain(leaf, {
      roots: parseCertificates(input(call, options, 'CAfile')),
      now: cluster.now(),
      purpose: 'server auth',
    }) === undefined
  return {
    stdout:
      `CONNECTED(00000003)\n---\nCertificate chain\n 0 s:${nameTextOf(leaf.subjectDer)}\n   ` +
      `i:${nameTextOf(leaf.issuerDer)}\n   a:PKEY: rsaEncryption, 2048 (bit); sigalg: RSA-SHA256\n   ` +
      `v:NotBefore: ${opensslTime(leaf.notBefore)}; NotAfter: ${opensslTime(leaf.notAfter)}\n---\nServer ` +
      `certificate\n${pem}subject=${nameTextOf(leaf.subjectDer)}\n` +
      `issuer=${nameTextOf(leaf.issuerDer)}\n---\nNew, TLSv1.3, Cipher ` +
      `is TLS_AES_128_GCM_SHA256\nVerify return code: ` +
      `${trusted ? '0 (ok)' : '20 (unable to get local issuer certificate)'}\n---\n`,
  }
}
