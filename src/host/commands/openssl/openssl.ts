import { toBase64 } from '../../../lang/bytes/base64.js'
import { fromDer, fromPem, toPem } from '../../../pki/crypto/der.js'
import {
  parsePrivateKey,
  parsePublicKeyInfo,
  pkcs8Pem,
  privateKeyPem,
  publicKeyPem,
} from '../../../pki/crypto/rsa.js'
import type { CommandCall, CommandOutput, Options } from '../command.js'
import { failed } from '../command.js'
import { digest } from './digest.js'
import { OpensslFault, readKey, readPem, written, writtenBlock, writtenBytes } from './files.js'
import { readSubcommand } from './options.js'
import { req } from './req.js'
import { lengthNote, newKey } from './signing.js'
import { privateKeyText, publicKeyText } from './text.js'
import { client, verify } from './verify.js'
import { x509 } from './x509.js'

const VERSION = 'OpenSSL 3.0.13 30 Jan 2024 (Library: OpenSSL 3.0.13 30 Jan 2024)\n'

/**
 * openssl: keys, requests, certificates, digests, and s_client's summary. Keys are the published test keys,
 * which are INSECURE but quick.
 */
export function openssl(call: CommandCall): CommandOutput {
  const [verb = '', ...rest] = call.args
  if (verb === 'version')
    return rest.length === 0 ? { stdout: VERSION } : failed('version: options are not simulated')
  const run = VERBS[verb]
  if (run === undefined)
    return failed(
      OTHERS.includes(verb)
        ? `openssl ${verb} is not simulated: these are: ${Object.keys(VERBS).join(', ')}`
        : `Invalid command '${verb}'; type "help" for a list.`,
    )
  const options = readSubcommand(verb, rest)
  if (!('words' in options)) return options
  try {
    return run(call, options)
  } catch (error) {
    if (error instanceof OpensslFault) return failed(error.message)
    return failed(`Could not read what was given: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const VERBS: Readonly<Record<string, (call: CommandCall, options: Options) => CommandOutput>> = {
  genrsa,
  genpkey,
  rsa: (call, options) => key(call, options, 'writing RSA key\n'),
  pkey: (call, options) => key(call, options, ''),
  rand,
  req,
  x509,
  verify,
  s_client: client,
  dgst: digest,
  md5: digest,
  sha256: digest,
}
const OTHERS = (
  'asn1parse base64 ca ciphers cmp cms crl crl2pkcs7 dhparam dsa dsaparam ec ecparam enc errstr ' +
  'fipsinstall gendsa help info kdf list mac nseq ocsp passwd pkcs12 pkcs7 pkcs8 ' +
  'pkeyparam pkeyutl prime rehash ' +
  'rsautl s_server s_time sess_id sha1 sha224 sha384 sha512 smime speed spkac srp storeutl ts'
).split(' ')

function genrsa(call: CommandCall, options: Options): CommandOutput {
  const [bits = '2048'] = options.words
  if (!/^\d+$/.test(bits)) return failed(`genrsa: Can't parse "${bits}" as a number`)
  const note = lengthNote(bits)
  const made = newKey(call)
  return written(call, options, options.has('traditional') ? privateKeyPem(made) : pkcs8Pem(made), note)
}

function genpkey(call: CommandCall, options: Options): CommandOutput {
  const algorithm = options.get('algorithm')
  if (algorithm === undefined) return failed('genpkey: Use -help for summary.')
  if (algorithm.toUpperCase() !== 'RSA')
    return failed(`genpkey: -algorithm ${algorithm} is not simulated: write RSA`)
  let note = ''
  for (const option of options.all('pkeyopt')) {
    const [, bits] = /^rsa_keygen_bits:(\d+)$/.exec(option) ?? []
    if (bits === undefined) return failed(`genpkey: -pkeyopt ${option} is not simulated`)
    note = lengthNote(bits)
  }
  const made = newKey(call)
  return writtenBlock(call, options, pkcs8Pem(made), options.has('text') ? privateKeyText(made) : '', note)
}

/** `openssl rsa` and `pkey`: looks at a key, or writes it in another form. */
function key(call: CommandCall, options: Options, told: string): CommandOutput {
  if (options.has('pubin')) return publicKey(call, options, told)
  const form = options.get('inform')
  const pem =
    form?.toUpperCase() === 'DER'
      ? readPem(call, options.get('in'), 'private key', ['PRIVATE KEY'], form)
      : undefined
  const found = pem === undefined ? readKey(call, options.get('in')) : parsePrivateKey(pem)
  const isRsa = told !== ''
  const text =
    (options.has('text') ? privateKeyText(found) : '') +
    (options.has('modulus') ? `Modulus=${found.modulus.toString(16).toUpperCase()}\n` : '') +
    (options.has('check') ? (isRsa ? 'RSA key ok\n' : 'Key is valid\n') : '')
  if (options.has('noout')) return written(call, options, text)
  const block = options.has('pubout')
    ? publicKeyPem(found)
    : options.has('traditional')
      ? privateKeyPem(found)
      : pkcs8Pem(found)
  return writtenBlock(call, options, block, text, told)
}

/** `openssl rsa -pubin`: a public key as PEM, or as DER by `-outform der`. */
function publicKey(call: CommandCall, options: Options, told: string): CommandOutput {
  const path = options.get('in')
  const pem = readPem(call, path, 'public key', ['PUBLIC KEY'], options.get('inform'))
  const [block] = pem === undefined ? [] : fromPem(pem)
  if (pem === undefined || block === undefined)
    return failed(`Could not read public key from ${path ?? '<stdin>'}`)
  const found = parsePublicKeyInfo(fromDer(block.der))
  if (found === undefined) return failed('Not an RSA key')
  const text =
    (options.has('text') ? publicKeyText(found) : '') +
    (options.has('modulus') ? `Modulus=${found.modulus.toString(16).toUpperCase()}\n` : '')
  if (options.has('noout')) return written(call, options, text)
  return writtenBlock(call, options, toPem('PUBLIC KEY', block.der), text, told)
}

function rand(call: CommandCall, options: Options): CommandOutput {
  const [number = ''] = options.words
  if (!/^\d+$/.test(number)) return failed('rand: Use -help for summary.')
  const bytes = call.machine.randomBytes(Number(number))
  if (options.has('base64'))
    return written(call, options, `${toBase64(bytes).replaceAll(/(.{64})(?=.)/g, '$1\n')}\n`)
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  if (options.has('hex')) return written(call, options, `${digits}\n`)
  return writtenBytes(call, options, bytes)
}
