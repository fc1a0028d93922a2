import { endpointHost } from '../../../lang/go/host-port.js'
import type { Certificate } from '../../../pki/index.js'
import { parseCertificates, verifyChain } from '../../../pki/index.js'
import { opensslTime } from '../../machine/texts.js'
import type { CommandCall, CommandOutput, Options } from '../command.js'
import { failed } from '../command.js'
import { presentedAt } from '../presented.js'
import { OpensslFault, readCertificate, readText } from './files.js'
import { nameTextOf } from './text.js'

const PURPOSES = { sslclient: 'client auth', sslserver: 'server auth', any: undefined } as const

/** All certificates of the files of an option. */
function certificatesOf(call: CommandCall, paths: readonly string[]): readonly Certificate[] {
  return paths.flatMap((path) => {
    if (call.machine.files.text(call.path(path)) === undefined)
      throw new OpensslFault(`Error loading file ${path}`)
    try {
      return parseCertificates(readText(call, path, 'file'))
    } catch {
      throw new OpensslFault(`Error loading file ${path}`)
    }
  })
}

/** `openssl verify`. Source: openssl apps/verify.c; crypto/x509/x509_vfy.c. */
export function verify(call: CommandCall, options: Options): CommandOutput {
  const purpose = options.get('purpose') ?? 'any'
  if (!(purpose in PURPOSES))
    throw new OpensslFault(
      ['nssslserver', 'smimesign', 'smimeencrypt', 'crlsign', 'ocsphelper', 'timestampsign'].includes(purpose)
        ? `verify: -purpose ${purpose} is not simulated`
        : `verify: Invalid purpose ${purpose}\nverify: Use -help for summary.`,
    )
  const search: Trust = {
    roots: certificatesOf(call, options.all('CAfile', 'trusted')),
    untrusted: certificatesOf(call, options.all('untrusted')),
    now: options.has('attime') ? Number(options.get('attime')) * 1000 : call.machine.cluster.now(),
    checksTime: !options.has('no_check_time'),
    // one of these by now
    purpose: PURPOSES[purpose as keyof typeof PURPOSES],
  }
  let [stdout, stderr, code] = ['', '', 0]
  for (const path of options.words.length === 0 ? [undefined] : options.words) {
    const name = path ?? 'stdin'
    let found: string
    try {
      found = faultsOf(readCertificate(call, path, 'certificate file').certificate, search)
    } catch (error) {
      if (!(error instanceof OpensslFault)) throw error
      stderr += `${error.message}\nUnable to load certificate file\n`
      code = 2
      continue
    }
    if (found === '') stdout += `${name}: OK\n`
    else {
      stderr += `${found}error ${name}: verification failed\n`
      code = 2
    }
  }
  return { stdout, stderr, code }
}

interface Trust {
  readonly roots: readonly Certificate[]
  readonly untrusted: readonly Certificate[]
  /** Virtual ms. */
  readonly now: number
  readonly checksTime: boolean
  readonly purpose: 'client auth' | 'server auth' | undefined
}

const isOwn = ({ subjectDer, issuerDer }: Certificate): boolean => subjectDer === issuerDer

/** Whether the names and key identifiers of two certificates fit, which says nothing of signatures. */
const mayHaveIssued = (issuer: Certificate, { issuerDer, authorityKeyId }: Certificate): boolean =>
  issuer.subjectDer === issuerDer &&
  (authorityKeyId === '' || issuer.subjectKeyId === '' || authorityKeyId === issuer.subjectKeyId)

/** The chain from a certificate up, as far as it can be built. */
function chainOf(leaf: Certificate, { roots, untrusted }: Trust): readonly Certificate[] {
  const chain = [leaf]
  for (let top = leaf; !isOwn(top);) {
    const next = [...untrusted, ...roots].find((one) => !chain.includes(one) && mayHaveIssued(one, top))
    if (next === undefined) break
    chain.push(next)
    top = next
  }
  return chain
}

/** What is wrong of a certificate, as openssl prints it; '' if it is trusted. */
function faultsOf(leaf: Certificate, trust: Trust): string {
  const chain = chainOf(leaf, trust)
  const top = chain.at(-1) ?? leaf
  const faults: string[] = []
  const fault = (depth: number, code: number, words: string): void => {
    faults.push(
      `${nameTextOf((chain[depth] ?? leaf).subjectDer)}\nerror ${code} at ${depth} depth lookup: ${words}\n`,
    )
  }
  const isTrusted = trust.roots.some(({ fingerprint }) => fingerprint === top.fingerprint)
  if (!isTrusted && isOwn(top)) {
    if (top === leaf) fault(0, 18, 'self-signed certificate')
    else fault(chain.length - 1, 19, 'self-signed certificate in certificate chain')
    if (top !== leaf) return faults.join('')
  } else if (!isTrusted) {
    fault(chain.length - 1, 20, 'unable to get local issuer certificate')
    return faults.join('')
  }
  for (let depth = chain.length - 1; depth >= 0; depth--) {
    const one = chain[depth] ?? leaf
    const issuer = chain[depth + 1] ?? (isOwn(one) ? one : undefined)
    const key = issuer?.publicKey ?? issuer?.curveKey
    if (depth > 0 && one.isCa !== true && !(one.isCa === undefined && one.version < 3))
      fault(depth, 79, 'invalid CA certificate')
    if (depth > 0 && one.maxPathLength !== undefined && depth - 1 > one.maxPathLength)
      fault(depth, 25, 'path length constraint exceeded')
    if (
      trust.purpose !== undefined &&
      one.purposes.length > 0 &&
      !one.purposes.some((each) => each === 'any' || each === trust.purpose)
    )
      fault(depth, 26, 'unsuitable certificate purpose')
    if (one.unhandledCritical.length > 0) fault(depth, 34, 'unhandled critical extension')
    if (key !== undefined && !one.isSignedBy(key)) fault(depth, 7, 'certificate signature failure')
    if (trust.checksTime && trust.now < one.notBefore) fault(depth, 9, 'certificate is not yet valid')
    if (trust.checksTime && trust.now > one.notAfter) fault(depth, 10, 'certificate has expired')
  }
  return faults.join('')
}

/** Prints which certificate a server of the cluster presents, and whether it is trusted. */
export function client(call: CommandCall, options: Options): CommandOutput {
  const { machine } = call
  const { cluster } = machine
  for (const [name, kind] of [
    ['cert', 'client certificate'],
    ['key', 'client certificate private key'],
  ] as const)
    if (options.has(name)) readText(call, options.get(name), kind)
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
      roots: certificatesOf(call, options.all('CAfile')),
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
