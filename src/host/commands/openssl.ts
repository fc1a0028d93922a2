import {
  createCertificate,
  createRequest,
  nameOfAttributes,
  parseCertificates,
  parseRequest,
  verifyChain,
} from '../../pki/index.js'
import type { Subject } from '../../pki/index.js'
import { fromDer } from '../../pki/crypto/der.js'
import { parsePrivateKey, privateKeyPem, publicKeyPem } from '../../pki/crypto/rsa.js'
import type { PrivateKey } from '../../pki/crypto/rsa.js'
import { binaryText, toBase64 } from '../../lang/bytes/base64.js'
import { opensslTime } from '../machine/texts.js'
import type { CommandCall, CommandOutput, Options } from './command.js'
import { failed, readOptions } from './command.js'
import { certificateText, nameText, nameTextOf, requestText } from './openssl-text.js'

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
].filter((name) => name !== 'enddate' && name !== 'req')

/**
 * openssl: genrsa, rand, req, x509, verify, rsa, and s_client's summary. Keys are the published test keys,
 * which are INSECURE but quick.
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

function req(call: CommandCall, options: Options): CommandOutput {
  if (!options.has('new', 'newkey')) {
    const pem = input(call, options)
    const request = parseRequest(pem)
    const subject = `subject=${nameText(request.subjectName)}\n`
    if (options.has('subject')) return { stdout: subject }
    if (options.has('text')) return { stdout: requestText(request, pem) + (options.has('noout') ? '' : pem) }
    return {
      stdout: options.has('noout') ? '' : pem,
      stderr: options.has('verify') ? 'Certificate request self-signature verify OK\n' : '',
    }
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
  let stdout = ''
  if (options.has('subject')) stdout += `subject=${nameTextOf(certificate.subjectDer)}\n`
  if (options.has('issuer')) stdout += `issuer=${nameTextOf(certificate.issuerDer)}\n`
  if (options.has('serial')) stdout += `serial=${hexOf(certificate.serial)}\n`
  if (options.has('dates', 'startdate')) stdout += `notBefore=${opensslTime(certificate.notBefore)}\n`
  if (options.has('dates', 'enddate')) stdout += `notAfter=${opensslTime(certificate.notAfter)}\n`
  if (options.has('modulus'))
    stdout += `Modulus=${certificate.publicKey?.modulus.toString(16).toUpperCase() ?? ''}\n`
  if (options.has('fingerprint'))
    stdout += `sha256 Fingerprint=${certificate.fingerprint.toUpperCase().replaceAll(/(..)(?=.)/g, '$1:')}\n`
  if (options.has('text')) stdout += certificateText(certificate, pem)
  const checkend = options.get('checkend')
  if (checkend !== undefined) {
    const expires = certificate.notAfter < call.machine.cluster.now() + Number(checkend) * 1000
    return { stdout: `${stdout}Certificate will ${expires ? '' : 'not '}expire\n`, code: expires ? 1 : 0 }
  }
  return written(call, options, stdout + (options.has('noout') ? '' : pem))
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

/** Prints which certificate the apiserver's address presents, and whether it is trusted. */
function summary(call: CommandCall, options: Options): CommandOutput {
  const { machine } = call
  const { cluster, hosts } = machine
  const address = options.get('connect') ?? ''
  const { advertiseAddress } = cluster.pki.config
  const known = [
    advertiseAddress,
    'localhost:6443',
    '127.0.0.1:6443',
    'kubernetes:443',
    `${hosts.controlPlaneName}:6443`,
  ]
  if (
    !known.includes(address) ||
    hosts.controlPlane?.state.components.get('kube-apiserver')?.state !== 'running'
  ) {
    return failed(`connect:errno=111`)
  }
  const pem = hosts.controlPlane?.files.text('/etc/kubernetes/pki/apiserver.crt') ?? ''
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
