import { binaryText, fromBase64 } from '../../../lang/bytes/base64.js'
import { bytesOfContent, contentOf } from '../../../lang/bytes/content.js'
import { pemBlocks } from '../../../lang/bytes/pem.js'
import { fromPem, toPem } from '../../../pki/crypto/der.js'
import { parsePrivateKey } from '../../../pki/crypto/rsa.js'
import type { PrivateKey } from '../../../pki/crypto/rsa.js'
import { parseCertificates } from '../../../pki/index.js'
import type { Certificate } from '../../../pki/index.js'
import type { CommandCall, CommandOutput, Options } from '../command.js'
import { SettingsFault, parseConfig } from './config.js'
import type { Config } from './config.js'

/** A failure of openssl: the lines that it prints. */
export class OpensslFault extends Error {}

/** Reads the bytes of a file, or of standard input without a path. `kind` is named in the error. */
function bytesOf(call: CommandCall, path: string | undefined, kind: string): Uint8Array {
  if (path === undefined) return call.stdinBytes()
  const { files } = call.machine
  if (files.stat(call.path(path))?.kind === 'file') return bytesOfContent(files.read(call.path(path)))
  throw new OpensslFault(
    kind.endsWith('file')
      ? `Can't open "${path}" for reading, No such file or directory`
      : `Could not open file or uri for loading ${kind} from ${path}: No such file or directory`,
  )
}

/** Reads a text. */
export const readText = (call: CommandCall, path: string | undefined, kind: string): string =>
  new TextDecoder().decode(bytesOf(call, path, kind))

/** Reads what a PEM block of one of `types` holds, or a file in DER, as PEM. Undefined if it has none. */
export function readPem(
  call: CommandCall,
  path: string | undefined,
  kind: string,
  types: readonly string[],
  form: string | undefined,
): string | undefined {
  const bytes = bytesOf(call, path, kind)
  if (form?.toUpperCase() === 'DER') return toPem(types[0] ?? '', binaryText(bytes))
  const block = pemBlocks(new TextDecoder().decode(bytes)).find(({ type }) => types.includes(type))
  return block && toPem(block.type, binaryText(block.bytes))
}

const KEYS = ['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'ENCRYPTED PRIVATE KEY']

/** Reads a private RSA key. */
export function readKey(call: CommandCall, path: string | undefined, kind = 'private key'): PrivateKey {
  const pem = readPem(call, path, kind, KEYS, undefined)
  if (pem === undefined) throw new OpensslFault(`Could not find ${kind} from ${path ?? '<stdin>'}`)
  try {
    return parsePrivateKey(pem)
  } catch {
    throw new OpensslFault(
      `${kind} of ${path ?? '<stdin>'}: only RSA keys without a pass phrase are simulated`,
    )
  }
}

/** Reads the first certificate of a file, with its PEM text. */
export function readCertificate(
  call: CommandCall,
  path: string | undefined,
  kind = 'certificate',
  form?: string,
): { readonly certificate: Certificate; readonly pem: string } {
  const pem = readPem(call, path, kind, ['CERTIFICATE', 'TRUSTED CERTIFICATE'], form)
  try {
    const [certificate] = pem === undefined ? [] : parseCertificates(pem)
    if (pem !== undefined && certificate !== undefined) return { certificate, pem }
  } catch {
    // reported below
  }
  throw new OpensslFault(`Could not find ${kind} from ${path ?? '<stdin>'}`)
}

/** Reads a configuration file. */
export function readConfig(call: CommandCall, path: string, verb: string): Config {
  try {
    return parseConfig(readText(call, path, 'file'), call.env)
  } catch (error) {
    if (!(error instanceof SettingsFault)) throw error
    throw new OpensslFault(`${verb}: Error on line ${error.line} of config file "${path}"\n${error.message}`)
  }
}

/** Prints a text, or writes it to the file of `-out`. */
export function written(call: CommandCall, options: Options, text: string, stderr = ''): CommandOutput {
  const out = options.get('out')
  if (out === undefined) return { stdout: text, stderr }
  call.machine.files.write(call.path(out), text)
  return { stderr }
}

/** Prints or writes a PEM block, as DER by `-outform DER`; `before` is the text that precedes it. */
export function writtenBlock(
  call: CommandCall,
  options: Options,
  pem: string,
  before = '',
  stderr = '',
): CommandOutput {
  if (options.get('outform')?.toUpperCase() !== 'DER') return written(call, options, before + pem, stderr)
  const bytes = fromBase64(btoa(before + (pem === '' ? '' : (fromPem(pem)[0]?.der ?? ''))))
  return writtenBytes(call, options, bytes, stderr)
}

/** Prints bytes, or writes them to the file of `-out`. */
export function writtenBytes(
  call: CommandCall,
  options: Options,
  bytes: Uint8Array,
  stderr = '',
): CommandOutput {
  const out = options.get('out')
  // without what it tells: just-bash miscounts bytes beside errors that are redirected
  if (out === undefined) return { stdout: binaryText(bytes), isBytes: true }
  call.machine.files.write(call.path(out), contentOf(bytes))
  return { stderr }
}
