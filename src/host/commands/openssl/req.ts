import { keyIdentifier, signCertificate } from '../../../pki/certificate.js'
import { fromDer, toDer, toPem } from '../../../pki/crypto/der.js'
import type { Asn1 } from '../../../pki/crypto/der.js'
import { parsePublicKeyInfo, pkcs8Pem, publicKeyInfo } from '../../../pki/crypto/rsa.js'
import type { PrivateKey } from '../../../pki/crypto/rsa.js'
import { nameOfAttributes, parseCertificates, parseRequest } from '../../../pki/index.js'
import { isNameAttribute } from '../../../pki/name.js'
import { signRequestOf } from '../../../pki/request.js'
import type { CertificateRequest } from '../../../pki/request.js'
import type { CommandCall, CommandOutput, Options } from '../command.js'
import { parseConfig } from './config.js'
import type { Config, NamedValue } from './config.js'
import { addExtensions, ExtensionFault, itemsOf, keyOf, signedExtensions } from './extensions.js'
import type { ExtensionItem, Signing } from './extensions.js'
import { OpensslFault, readCertificate, readConfig, readKey, writtenBlock } from './files.js'
import { DAY, digestOf, givenSerial, lengthNote, newKey, newSerial } from './signing.js'
import { certificateParts, certificateText, nameText, nameTextOf, publicKeyOf, requestText } from './text.js'
import { readRequest } from './x509.js'

/** What Debian's /etc/ssl/openssl.cnf says of requests. */
const DEFAULT_CONFIG = `[req]
default_bits = 2048
default_keyfile = privkey.pem
distinguished_name = req_distinguished_name
x509_extensions = v3_ca
[req_distinguished_name]
countryName_default = AU
stateOrProvinceName_default = Some-State
0.organizationName_default = Internet Widgits Pty Ltd
[v3_ca]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always, issuer
basicConstraints = critical, CA:true
`

/** `openssl req`: makes requests and self-signed certificates, and prints requests. */
export function req(call: CommandCall, options: Options): CommandOutput {
  const isNew = options.has('new', 'newkey') || (options.has('x509', 'CA') && !options.has('in'))
  if (!isNew && !options.has('x509', 'CA')) return shown(call, options)
  const path = options.get('config')
  const config = path === undefined ? parseConfig(DEFAULT_CONFIG) : readConfig(call, path, 'req')
  const section = options.get('section') ?? 'req'
  if (path !== undefined && config.section(section) === undefined)
    throw new OpensslFault(`req: section [${section}] is not in "${path}"`)
  const work: Work = { call, options, config, section, told: [] }
  return options.has('x509', 'CA') ? certificate(work) : request(work)
}

/** A call with its configuration. `told` collects what is printed beside the result. */
interface Work {
  readonly call: CommandCall
  readonly options: Options
  readonly config: Config
  readonly section: string
  readonly told: string[]
}

/** What `openssl req` prints of a request, in its own order. Source: openssl apps/req.c. */
function shown(call: CommandCall, options: Options): CommandOutput {
  const pem = readRequest(call, options)
  const text = parts(parseRequest(pem), pem, options)
  const told = options.has('verify') ? 'Certificate request self-signature verify OK\n' : ''
  return writtenBlock(call, options, options.has('noout') ? '' : pem, text, told)
}

function parts(request: CertificateRequest, pem: string, options: Options): string {
  const key = parsePublicKeyInfo(request.publicKeyInfo)
  const modulus = key === undefined ? 'Wrong Algorithm type' : key.modulus.toString(16).toUpperCase()
  return (
    (options.has('pubkey') ? toPem('PUBLIC KEY', toDer(request.publicKeyInfo)) : '') +
    (options.has('text') ? requestText(request, pem) : '') +
    (options.has('subject') ? `subject=${nameText(request.subjectName)}\n` : '') +
    (options.has('modulus') ? `Modulus=${modulus}\n` : '')
  )
}

function request(work: Work): CommandOutput {
  const { call, options, told } = work
  if (options.has('days')) told.push('Ignoring -days without -x509; not generating a certificate')
  const key = keyFor(work)
  const subjectName = nameFor(work)
  const subjectKey = keyIdentifier(publicKeyInfo(key))
  const items = extensionsFor(
    work,
    options.get('reqexts', 'extensions') ?? setting(work, 'req_extensions'),
    [],
    () => ({ subjectKey, issuer: undefined }),
  )
  const list = items.flatMap(({ der }) => der ?? [])
  const pem = signRequestOf(subjectName, list, key, hashFor(work))
  const text = parts(parseRequest(pem), pem, options)
  return writtenBlock(call, options, options.has('noout') ? '' : pem, text, lines(told))
}

const lines = (told: readonly string[]): string => told.map((line) => `${line}\n`).join('')

function certificate(work: Work): CommandOutput {
  const { call, options, told } = work
  const source = options.has('in') ? parseRequest(readRequest(call, options)) : undefined
  const authority = options.has('CA') ? readCertificate(call, options.get('CA'), 'CA certificate') : undefined
  const own = source !== undefined && authority !== undefined ? undefined : keyFor(work)
  const subjectName = options.has('subj') || source === undefined ? nameFor(work) : source.subjectName
  const info = source?.publicKeyInfo ?? publicKeyInfo(own ?? keyFor(work))
  const number = options.get('set_serial')
  const serial = number === undefined ? newSerial(call) : givenSerial(number)
  const signer =
    authority === undefined
      ? (own ?? keyFor(work))
      : readKey(call, options.get('CAkey') ?? options.get('CA'), 'issuer private key')
  if (authority !== undefined && authority.certificate.publicKey?.modulus !== signer.modulus)
    throw new OpensslFault('CA certificate and CA private key do not match')
  const subjectKey = keyIdentifier(info)
  const signing = (items: readonly ExtensionItem[]): Signing => ({
    subjectKey,
    issuer: {
      key:
        authority === undefined ? keyOf(items) : keyOf(itemsOf(certificateParts(authority.pem).extensions)),
      name: authority === undefined ? subjectName : fromDer(authority.certificate.issuerDer),
      serial: authority?.certificate.serial ?? serial,
    },
  })
  const copies = options.has('copy_extensions') && options.get('copy_extensions') !== 'none'
  const items = extensionsFor(
    work,
    options.get('extensions', 'reqexts') ?? setting(work, 'x509_extensions'),
    copies && source !== undefined ? itemsOf(source.extensionList) : [],
    signing,
  )
  const now = call.machine.cluster.now()
  const pem = signCertificate(
    {
      serial,
      issuerName: authority === undefined ? subjectName : fromDer(authority.certificate.subjectDer),
      notBefore: now,
      notAfter: now + Number(options.get('days') ?? setting(work, 'default_days') ?? 30) * DAY,
      subjectName,
      publicKeyInfo: info,
      extensions: signedExtensions(
        items,
        signing(items),
        parsePublicKeyInfo(info)?.modulus === signer.modulus,
      ),
    },
    signer,
    hashFor(work),
  )
  return certificateShown(work, pem, lines(told))
}

function certificateShown({ call, options }: Work, pem: string, told: string): CommandOutput {
  const [made] = parseCertificates(pem)
  const text =
    made === undefined
      ? ''
      : (options.has('pubkey') ? publicKeyOf(pem) : '') +
        (options.has('text') ? certificateText(made, pem) : '') +
        (options.has('subject') ? `subject=${nameTextOf(made.subjectDer)}\n` : '')
  return writtenBlock(call, options, options.has('noout') ? '' : pem, text, told)
}

const setting = ({ config, section }: Work, name: string): string | undefined => config.get(section, name)

/** The digest of the options, or of `default_md`. */
function hashFor(work: Work): ReturnType<typeof digestOf> {
  const name = setting(work, 'default_md')?.toLowerCase() ?? 'default'
  if (work.options.has('sha256', 'sha384', 'sha512') || name === 'default') return digestOf(work.options)
  if (name === 'sha256' || name === 'sha384' || name === 'sha512') return name
  throw new OpensslFault(`req: default_md = ${name} is not simulated: write sha256, sha384 or sha512`)
}

/** The key of `-key`, or a new one, which is written to a file. */
function keyFor(work: Work): PrivateKey {
  const { call, options, told } = work
  if (options.has('key')) return readKey(call, options.get('key'))
  const [, algorithm = 'rsa', bits = setting(work, 'default_bits') ?? '2048'] =
    /^(?:([a-zA-Z-]+):?)?(\d+)?$/.exec(options.get('newkey') ?? 'rsa') ?? ['', 'param']
  if (algorithm !== 'rsa')
    throw new OpensslFault(`req: -newkey ${options.get('newkey')} is not simulated: write rsa:2048`)
  if (!options.has('nodes', 'noenc') && setting(work, 'encrypt_key') !== 'no')
    throw new OpensslFault('this terminal cannot ask for a pass phrase: write the key without one, -noenc')
  const key = newKey(call)
  const note = lengthNote(bits)
  if (note !== '') told.push(note.trimEnd())
  const path = options.get('keyout') ?? setting(work, 'default_keyfile') ?? 'privkey.pem'
  call.machine.files.write(call.path(path), pkcs8Pem(key))
  return key
}

/** The name of `-subj`, or of the configuration. */
function nameFor(work: Work): Asn1 {
  const { options, told } = work
  const given = options.get('subj')
  if (given === undefined) return configuredName(work)
  if (!given.startsWith('/'))
    throw new OpensslFault(
      'req: subject name is expected to be in the format /type0=value0/type1=value1/type2=... where ' +
        `characters may be escaped by \\. This name is not in that format: '${given}'`,
    )
  const attributes: NamedValue[] = []
  for (const part of given.slice(1).split(/(?<!\\)\//)) {
    const equals = part.indexOf('=')
    const [name, value] = [part.slice(0, equals), part.slice(equals + 1).replaceAll(/\\(.)/g, '$1')]
    if (part === '') continue
    if (equals < 0)
      throw new OpensslFault(`req: Missing '=' after RDN type string '${part}' in subject name string`)
    if (!isNameAttribute(name)) told.push(`req: Skipping unknown subject name attribute "${name}"`)
    else if (value === '') told.push(`req: No value provided for subject name attribute "${name}", skipped`)
    else attributes.push([name, value])
  }
  return nameOfAttributes(attributes)
}

function configuredName(work: Work): Asn1 {
  const { config, options } = work
  const section = setting(work, 'distinguished_name')
  const entries = section === undefined ? undefined : config.section(section)
  const failed = 'Error making certificate request'
  if (section === undefined) throw new OpensslFault(`Error: No objects specified in config file\n${failed}`)
  if (entries === undefined) throw new OpensslFault(`Unable to get '${section}' section\n${failed}`)
  const asks = setting(work, 'prompt') !== 'no'
  if (asks && !options.has('batch'))
    throw new OpensslFault(
      'this terminal cannot ask for a name: give it with -subj "/CN=name/O=group", or with prompt = no in ' +
        'the file of -config',
    )
  const attributes = entries
    .filter(([name]) => !asks || name.endsWith('_default'))
    .map(([name, value]): NamedValue => [
      name.replace(/^[^.,:]*[.,:](?=.)/, '').replace(/_default$/, ''),
      value,
    ])
  const unknown = attributes.find(([name]) => !isNameAttribute(name))
  if (unknown !== undefined)
    throw new OpensslFault(
      `${failed}\nerror:05800077:x509 certificate routines:X509_NAME_ENTRY_create_by_txt:invalid field ` +
        `name:name=${unknown[0]}`,
    )
  if (attributes.length === 0) throw new OpensslFault(`Error: No objects specified in config file\n${failed}`)
  return nameOfAttributes(attributes)
}

/** The extensions of a section of the configuration, and those of `-addext`. */
function extensionsFor(
  { options, config }: Work,
  section: string | undefined,
  before: readonly ExtensionItem[],
  signing: (items: readonly ExtensionItem[]) => Signing,
): readonly ExtensionItem[] {
  const kind = options.has('x509', 'CA') ? 'extension' : 'request extension'
  let items = before
  if (section !== undefined) {
    const entries = config.section(section)
    if (entries === undefined) throw new OpensslFault(`Error checking ${kind} section ${section}`)
    items = added(`Error checking ${kind} section ${section}`, () =>
      addExtensions(before, entries, config, section, signing),
    )
  }
  const more = options.all('addext')
  if (more.length === 0) return items
  const wrong = more.find((text) => !text.includes('='))
  if (wrong !== undefined) throw new OpensslFault("Parse error on -addext: missing '='")
  const names = more.map((text) => text.slice(0, text.indexOf('=')).trim())
  const twice = names.find((name, at) => names.indexOf(name) < at)
  if (twice !== undefined) throw new OpensslFault(`Duplicate extension name: ${twice}`)
  const extra = parseConfig(more.join('\n'))
  return added('Error checking extensions defined using -addext', () =>
    addExtensions(items, extra.section('default') ?? [], extra, 'default', signing),
  )
}

function added(title: string, add: () => readonly ExtensionItem[]): readonly ExtensionItem[] {
  try {
    return add()
  } catch (error) {
    if (!(error instanceof ExtensionFault)) throw error
    throw new OpensslFault(`${title}\n${error.message}`)
  }
}
