import { NotFoundError } from '../client/not-found.js'
import { InputError } from '../lang/input-error.js'
import { Random } from '../sim/random.js'
import type { RandomStream } from '../sim/random.js'
import type { ReadonlyData } from '../sim/data/plain-data.js'
import { createCertificate, parseCertificate, parseCertificates } from './certificate.js'
import type { Certificate, CertificateSpec, Issuer } from './certificate.js'
import { fromPem } from './crypto/der.js'
import type { Asn1 } from './crypto/der.js'
import {
  AUTHORITIES,
  authorityValidityOf,
  PKI_DIR,
  configEntries,
  leafEntries,
  validityOf,
} from './inventory/inventory.js'
import type { PkiConfig } from './inventory/inventory.js'
import {
  checkAuthority,
  checkClient,
  checkFile,
  checkIdentified,
  checkNode,
  checkPurpose,
  checkSigned,
} from './inputs.js'
import { inventoryRows } from './inventory/inventory-rows.js'
import type { InventoryRow } from './inventory/inventory-rows.js'
import { DEFAULT_AUTHORITY } from './default-authority.js'
import { cachedKey, seedClass, testKey } from './keys.js'
import type { KeyProvider } from './keys.js'
import { kubeconfigText } from './kubeconfig.js'
import type { Subject } from './name.js'
import { nodeFiles } from './node-files.js'
import type { NodeFileSource } from './node-files.js'
import { privateKeyPem, publicKeyPem } from './crypto/rsa.js'
import type { PrivateKey, PublicKey } from './crypto/rsa.js'
import { readSigningKey, readVerifyingKeys, TokenSigner } from './tokens/token-signer.js'
import { verifyChain } from './verify.js'

const DAY = 86_400_000
/** How long before their creation certificates become valid, in ms. */
export const BACKDATE: number = 5 * 60_000
const LEAF_DAYS = 365

/** Authority certificates by name, seed class and time. */
const authorities = new Map<string, string>()
const MAX_AUTHORITIES = 256

/** The state of a cluster's PKI: what cannot be derived from its configuration. */
export interface PkiState {
  /** Files that were written (null: removed), by path. */
  readonly files: Map<string, string | null>
  /** Keys from a provider, by purpose. */
  readonly keys: Map<string, string>
}

/** A certificate with its key, as PEM. */
export interface KeyedCertificate {
  readonly certificate: string
  readonly key: string
}

/** The identity in a verified client certificate. */
export type CertificateIdentity = Required<Subject>

/** Paths of files, and what they were listed from. */
interface Listed {
  readonly files: ReadonlyMap<string, string | null>
  readonly changes: number
  readonly joined: number | undefined
  readonly paths: readonly string[]
}

/** The parts that a {@link Pki} is created from. */
export interface PkiOptions {
  readonly config: PkiConfig
  /** Returns the state, to change it. */
  readonly state: () => PkiState
  /** Returns the state, to read it. Default: `state`. */
  readonly peek?: () => ReadonlyData<PkiState>
  /** Returns the stream of serial numbers for certificates signed at run time. */
  readonly serials: () => RandomStream
  /** Default: the published test keys, chosen by the seed. */
  readonly keys?: KeyProvider | undefined
  /**
   * Returns the issuer to use instead of the generated authority: the one that `kubeadm init` found on disk.
   */
  readonly issuer?: (authority: string) => Issuer | undefined
  /** Returns the virtual ms at which a node joined. Default: when the cluster was created. */
  readonly joined?: ((node: string) => number) | undefined
}

/**
 * The files that kubeadm creates on a control plane and kubelets on nodes, including the certificate
 * authorities, and the operations that sign with them. A file is created when it is first read. The time of
 * that does not matter, because its content derives from the configuration alone.
 */
export class Pki {
  /** Signs and verifies service account tokens with /etc/kubernetes/pki/sa.key and sa.pub. */
  readonly tokens: TokenSigner
  readonly config: PkiConfig
  readonly #options: PkiOptions
  #makersByPath: ReadonlyMap<string, () => string> | undefined
  readonly #made = new Map<string, string>()
  /** By node; '' is the control plane. */
  readonly #listed = new Map<string, Listed>()
  /** Writes and removals of files so far. */
  #changes = 0
  #signing: { readonly pem: string; readonly key: ReturnType<typeof readSigningKey> } | undefined
  #verifying: { readonly pem: string; readonly keys: ReturnType<typeof readVerifyingKeys> } | undefined
  readonly #roots = new Map<string, readonly Certificate[]>()

  constructor(parts: PkiOptions) {
    this.config = parts.config
    this.#options = parts
    this.tokens = new TokenSigner(
      () => this.#signingKey(),
      () => this.#verifyingKeys(),
    )
  }

  /**
   * Returns the paths of all files of the control plane, or of `node` if given, sorted; the same array until
   * one is written or removed.
   */
  paths(node?: string): readonly string[] {
    checkNode(node)
    const { files } = this.#peek()
    const joined = node === undefined ? undefined : this.joined(node)
    const known = this.#listed.get(node ?? '')
    if (known?.files === files && known.changes === this.#changes && known.joined === joined)
      return known.paths
    const made = node === undefined ? [...this.#makers().keys()] : [...nodeFiles(this.#asMade(), node).keys()]
    const prefix = node === undefined ? '' : `${node}:`
    const written = [...files.keys()]
      .filter((path) => path.startsWith(`${prefix}/`))
      .map((path) => path.slice(prefix.length))
    const paths = [...new Set([...made, ...written])]
      .filter((path) => files.get(prefix + path) !== null)
      .toSorted()
    this.#listed.set(node ?? '', { files, changes: this.#changes, joined, paths })
    return paths
  }

  /**
   * Returns the text of a file of the control plane or of a node.
   * @throws NotFoundError if it does not exist
   */
  read(path: string, node?: string): string {
    const id = fileId(path, node)
    const written = this.#peek().files.get(id)
    if (typeof written === 'string') return written
    const text = written === null ? undefined : this.#madeFile(path, node)
    if (text === undefined) throw new NotFoundError(`open ${path}: no such file or directory`)
    return text
  }

  /** Returns whether a file was changed or removed. */
  isChanged(path: string, node?: string): boolean {
    return this.#peek().files.has(fileId(path, node))
  }

  /** Returns the virtual ms at which a node joined. */
  joined(node: string): number {
    checkNode(node)
    return this.#options.joined?.(node) ?? this.config.created
  }

  /** Forgets a node that is permanently gone, with its disk. */
  forget(node: string): void {
    checkNode(node)
    const { files } = this.#options.state()
    this.#changes++
    this.#listed.delete(node)
    for (const kept of [files, this.#made])
      for (const path of [...kept.keys()]) if (path.startsWith(`${node}:/`)) kept.delete(path)
  }

  /**
   * Returns what is in the files of the control plane, or of a node: the owner of each, and the content of
   * its certificate.
   */
  inventory(node?: string): readonly InventoryRow[] {
    checkNode(node)
    return inventoryRows(this, node)
  }

  /** Returns the original text of a file, even if it was changed or removed; '' if it never existed. */
  original(path: string, node?: string): string {
    return this.#madeFile(path, node) ?? ''
  }

  /** Returns the text of a file; undefined if it does not exist. */
  find(path: string, node?: string): string | undefined {
    checkFile(path, node)
    return this.paths(node).includes(path) ? this.read(path, node) : undefined
  }

  /** Replaces a file. Later readers get the new text. */
  write(path: string, text: string, node?: string): void {
    if (typeof text !== 'string')
      throw new InputError(`${path} must be written as text, such as PEM, not ${JSON.stringify(text)}`)
    this.#options.state().files.set(fileId(path, node), text)
    this.#changes++
  }

  /** Removes a file. */
  remove(path: string, node?: string): void {
    this.#options.state().files.set(fileId(path, node), null)
    this.#changes++
  }

  /**
   * Returns the certificate authority `ca`, `front-proxy-ca` or `etcd/ca`: its PEM certificate(s) and key.
   */
  authority(name: string = 'ca'): {
    readonly pem: string
    readonly certificate: Certificate
    readonly key: PrivateKey
  } {
    checkAuthority([name])
    const pem = this.read(`${PKI_DIR}/${name}.crt`)
    return {
      pem,
      certificate: this.#certificates(pem)[0] as Certificate,
      key: cachedKey(this.read(`${PKI_DIR}/${name}.key`)),
    }
  }

  /**
   * Signs a certificate for a public key with an authority. The serial number is drawn at random unless
   * given.
   */
  sign(
    spec: Omit<CertificateSpec, 'serial'> & { readonly serial?: bigint },
    publicKey: PublicKey | Asn1,
    authority: string = 'ca',
  ): string {
    checkSigned([spec, publicKey, authority])
    const { certificate, key } = this.authority(authority)
    return createCertificate(
      { ...spec, serial: spec.serial ?? serialFrom(this.#options.serials()) },
      publicKey,
      { subject: certificate.subject, key },
    )
  }

  /**
   * Returns a client certificate signed by the cluster's authority, with its key. Equal arguments give the
   * same result, since the purpose determines key and serial number. `validFor` is in ms, by default 365
   * days.
   */
  clientCertificate(
    subject: Subject,
    validity: { readonly notBefore: number; readonly validFor?: number },
  ): KeyedCertificate {
    checkClient([subject, validity])
    const { notBefore, validFor = LEAF_DAYS * DAY } = validity
    const purpose = `user/${subject.commonName}`
    const key = this.key(purpose)
    const serial = this.serialOf(
      `${purpose} ${(subject.organizations ?? []).join(',')} ${notBefore} ${validFor}`,
    )
    const certificate = this.sign(
      {
        subject,
        serial,
        notBefore: notBefore - BACKDATE,
        notAfter: notBefore + validFor,
        keyUsages: ['digital signature', 'key encipherment'],
        purposes: ['client auth'],
      },
      key,
    )
    return { certificate, key: privateKeyPem(key) }
  }

  /**
   * Returns the identity of the client that presents these certificates (the leaf first) at virtual time
   * `now`, or a text that says why they are not trusted. Source: apiserver pkg/authentication/request/x509.
   */
  identify(certificates: readonly Certificate[], now: number): CertificateIdentity | string {
    checkIdentified([certificates, now])
    const [leaf, ...intermediates] = certificates
    if (leaf === undefined) return 'x509: no certificate'
    const roots = this.#certificates(this.read(`${PKI_DIR}/ca.crt`))
    return verifyChain(leaf, { roots, intermediates, now, purpose: 'client auth' }) ?? leaf.subject
  }

  /** Returns the key for a purpose: from the provider, or a test key. */
  key(purpose: string): PrivateKey {
    checkPurpose(purpose)
    const { keys, state, config } = this.#options
    if (keys === undefined) return testKey(config.seed, purpose)
    let pem = this.#peek().keys.get(purpose)
    if (pem === undefined) state().keys.set(purpose, (pem = keys(purpose)))
    return cachedKey(pem)
  }

  /** Returns a serial number derived from the seed and the purpose of the certificate. */
  serialOf(what: string): bigint {
    checkPurpose(what)
    return serialFrom(new Random(this.config.seed).stream(`pki/${what}`))
  }

  #peek(): ReadonlyData<PkiState> {
    const { peek, state } = this.#options
    return (peek ?? state)()
  }

  /** Returns the original text of a file, even if it was changed or removed. */
  #madeFile(path: string, node?: string): string | undefined {
    const id = fileId(path, node)
    let text = this.#made.get(id)
    if (text === undefined) {
      const maker = node === undefined ? this.#makers().get(path) : nodeFiles(this.#asMade(), node).get(path)
      if (maker !== undefined) this.#made.set(id, (text = maker()))
    }
    return text
  }

  /** Returns the source of node files: the certificates as they were when the nodes joined. */
  #asMade(): NodeFileSource {
    return {
      config: this.config,
      joined: (node) => this.joined(node),
      read: (path) => this.original(path),
      key: (purpose) => this.key(purpose),
      serialOf: (what) => this.serialOf(what),
      sign: (spec, publicKey) =>
        createCertificate(spec, publicKey, {
          subject: { commonName: AUTHORITIES['ca'] ?? '' },
          key: this.key('pki/ca'),
        }),
    }
  }

  #makers(): ReadonlyMap<string, () => string> {
    return (this.#makersByPath ??= this.#findMakers())
  }

  #findMakers(): ReadonlyMap<string, () => string> {
    const makers = new Map<string, () => string>()
    for (const [name, commonName] of Object.entries(AUTHORITIES)) {
      makers.set(`${PKI_DIR}/${name}.crt`, () => this.#makeAuthority(name, commonName))
      makers.set(`${PKI_DIR}/${name}.key`, () => privateKeyPem(this.key(`pki/${name}`)))
    }
    for (const [name, { authority, ...rest }] of Object.entries(leafEntries(this.config))) {
      makers.set(`${PKI_DIR}/${name}.crt`, () => this.#makeLeaf(rest, `pki/${name}`, authority))
      makers.set(`${PKI_DIR}/${name}.key`, () => privateKeyPem(this.key(`pki/${name}`)))
    }
    makers.set(`${PKI_DIR}/sa.key`, () => privateKeyPem(this.key('pki/sa')))
    makers.set(`${PKI_DIR}/sa.pub`, () => publicKeyPem(this.key('pki/sa')))
    for (const [name, { subject, usesLocalApiserver: local }] of Object.entries(configEntries(this.config))) {
      makers.set(`/etc/kubernetes/${name}`, () => this.#makeConfig(name, subject, local))
    }
    return makers
  }

  /**
   * Creates an authority's certificate. With test keys, the authorities of all clusters of one seed class are
   * equal, so each is created once per process.
   */
  #makeAuthority(name: string, commonName: string): string {
    const { seed, created, caCertificateValidityPeriod: period } = this.config
    if (this.#options.keys !== undefined) return this.#signAuthority(name, commonName, this.serialOf(name))
    const id = `${name} ${seedClass(seed)} ${created}${period === undefined ? '' : ` ${period}`}`
    const known = id === DEFAULT_AUTHORITY.id ? DEFAULT_AUTHORITY.pem : authorities.get(id)
    if (known !== undefined) return known
    const pem = this.#signAuthority(
      name,
      commonName,
      serialFrom(new Random(seedClass(seed)).stream(`pki/${name}`)),
    )
    if (authorities.size >= MAX_AUTHORITIES) authorities.clear()
    authorities.set(id, pem)
    return pem
  }

  #signAuthority(name: string, commonName: string, serial: bigint): string {
    const key = this.key(`pki/${name}`)
    return createCertificate(
      {
        subject: { commonName },
        serial,
        ...this.#validity(authorityValidityOf(this.config)),
        keyUsages: ['digital signature', 'key encipherment', 'cert sign'],
        isCa: true,
        names: { dns: [commonName] },
      },
      key,
      { subject: { commonName }, key },
    )
  }

  #makeLeaf(
    parts: Pick<CertificateSpec, 'subject' | 'purposes' | 'names'>,
    purpose: string,
    authority: string,
  ): string {
    const spec: CertificateSpec = {
      ...parts,
      serial: this.serialOf(purpose),
      ...this.#validity(validityOf(this.config)),
      keyUsages: ['digital signature', 'key encipherment'],
    }
    const subject = { commonName: AUTHORITIES[authority] ?? authority }
    return createCertificate(
      spec,
      this.key(purpose),
      this.#options.issuer?.(authority) ?? { subject, key: this.key(`pki/${authority}`) },
    )
  }

  #makeConfig(name: string, subject: Subject, local: boolean): string {
    const { advertiseAddress, controlPlaneEndpoint = advertiseAddress, clusterName } = this.config
    return kubeconfigText({
      ...(clusterName === undefined ? {} : { cluster: clusterName }),
      server: `https://${local ? advertiseAddress : controlPlaneEndpoint}`,
      authority:
        this.#options.issuer === undefined
          ? this.original(`${PKI_DIR}/ca.crt`)
          : this.read(`${PKI_DIR}/ca.crt`),
      user: subject.commonName,
      credential: {
        certificate: this.#makeLeaf({ subject, purposes: ['client auth'], names: {} }, name, 'ca'),
        key: privateKeyPem(this.key(name)),
      },
    })
  }

  #validity(period: number): { readonly notBefore: number; readonly notAfter: number } {
    const { created } = this.config
    return { notBefore: created - BACKDATE, notAfter: created + period }
  }

  #signingKey(): ReturnType<typeof readSigningKey> {
    const pem = this.read(`${PKI_DIR}/sa.key`)
    if (this.#signing?.pem !== pem) this.#signing = { pem, key: readSigningKey(pem) }
    return this.#signing.key
  }

  #verifyingKeys(): ReturnType<typeof readVerifyingKeys> {
    const pem = this.read(`${PKI_DIR}/sa.pub`)
    if (this.#verifying?.pem !== pem) this.#verifying = { pem, keys: readVerifyingKeys(pem) }
    return this.#verifying.keys
  }

  #certificates(pem: string): readonly Certificate[] {
    let found = this.#roots.get(pem)
    if (found === undefined) this.#roots.set(pem, (found = parseCertificates(pem)))
    return found
  }
}

/**
 * Parses a chain that a TLS peer has presented.
 * @throws Error if a certificate is malformed
 */
export function readChain(pem: string): readonly Certificate[] {
  return fromPem(pem).map(({ der }) => parseCertificate(der))
}

/** Draws a positive number of 63 bits, as Go draws serial numbers for kubeadm. */
function serialFrom(stream: RandomStream): bigint {
  return ((BigInt(stream.int(0, 0x7fff_ffff)) << 32n) | BigInt(stream.int(0, 0xffff_ffff))) + 1n
}

/** Returns the key of a file of the control plane, or of a node. @throws InputError see {@link checkFile} */
function fileId(path: string, node: string | undefined): string {
  checkFile(path, node)
  return node === undefined ? path : `${node}:${path}`
}
