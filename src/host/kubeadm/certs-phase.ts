import { serviceAddress } from '../../cluster/access/cluster-pki.js'
import { AUTHORITIES, configEntries, leafEntries, parseCertificates, Pki, PKI_DIR } from '../../pki/index.js'
import type { PkiConfig } from '../../pki/index.js'
import { parsePrivateKey } from '../../pki/crypto/rsa.js'
import { Random } from '../../sim/random.js'
import { minorOf } from '../../cluster/kubeadm/images.js'
import type { HostMachine } from '../machine/host-machine.js'
import type { InitConfiguration } from './config.js'
import type { Printer } from './texts.js'
import { KubeadmError } from './texts.js'

/** In kubeadm's order: each authority before what it signs. Source: phases/certs/certlist.go. */
const CERTIFICATES: readonly string[] = [
  'ca',
  'apiserver',
  'apiserver-kubelet-client',
  'front-proxy-ca',
  'front-proxy-client',
  'etcd/ca',
  'etcd/server',
  'etcd/peer',
  'etcd/healthcheck-client',
  'apiserver-etcd-client',
]
/** Names of phases that differ from the names of their files. */
const PHASES: Readonly<Record<string, string>> = {
  'etcd-ca': 'etcd/ca',
  'etcd-server': 'etcd/server',
  'etcd-peer': 'etcd/peer',
  'etcd-healthcheck-client': 'etcd/healthcheck-client',
}
const SERVING: readonly string[] = ['apiserver', 'etcd/server', 'etcd/peer']
const CONFIGS: readonly string[] = [
  'admin.conf',
  'super-admin.conf',
  'kubelet.conf',
  'controller-manager.conf',
  'scheduler.conf',
]

/** Creates the control plane's files that a machine lacks; existing files are used. */
export class CertificateMaker {
  readonly #machine: HostMachine
  readonly #folder: string
  readonly #config: PkiConfig
  readonly #pki: Pki

  constructor(machine: HostMachine, asked: InitConfiguration) {
    const {
      hosts: { state },
      cluster,
    } = machine
    this.#machine = machine
    this.#folder = asked.certificatesDir
    this.#config = {
      // another cluster has other keys
      ...cluster.pki.config,
      seed: cluster.pki.config.seed + state.nextId++,
      created: cluster.now(),
      minor: minorOf(asked.version),
      nodeName: asked.nodeName,
      advertiseAddress: asked.advertiseAddress,
      serviceIP: serviceAddress(asked.serviceSubnet),
      dnsDomain: asked.dnsDomain,
      clusterName: asked.clusterName,
      certSANs: asked.certSANs,
      ...(asked.controlPlaneEndpoint === undefined
        ? {}
        : { controlPlaneEndpoint: asked.controlPlaneEndpoint }),
    }
    const files = new Map<string, string>()
    for (const name of Object.keys(AUTHORITIES))
      for (const end of ['crt', 'key']) {
        const text = machine.files.text(`${asked.certificatesDir}/${name}.${end}`)
        if (text !== undefined) files.set(`${PKI_DIR}/${name}.${end}`, text)
      }
    const random = new Random(this.#config.seed)
    this.#pki = new Pki({
      config: this.#config,
      state: () => ({ files, keys: new Map() }),
      serials: () => random.stream('kubeadm/serial'),
      keys: cluster.internals.options.kubeadm?.keys,
      issuer: (authority) => (files.has(`${PKI_DIR}/${authority}.crt`) ? this.#issuer(authority) : undefined),
    })
  }

  /** `kubeadm init phase certs`, all or one of them. */
  certificates(only: string | undefined, { out }: Printer): void {
    if (only === undefined) out(`[certs] Using certificateDir folder "${this.#folder}"`)
    const file = PHASES[only ?? ''] ?? only
    for (const name of CERTIFICATES) if (file === undefined || file === name) this.#certificate(name, out)
    if (file === undefined || file === 'sa') this.#tokenKey(out)
    if (file !== undefined && file !== 'sa' && !CERTIFICATES.includes(file))
      throw new KubeadmError(`unknown command ${JSON.stringify(only)} for "kubeadm init phase certs"`)
  }

  /** `kubeadm init phase kubeconfig`, all or one of them. */
  kubeconfigs(only: string | undefined, { out }: Printer, folder = '/etc/kubernetes'): void {
    if (only === undefined) out(`[kubeconfig] Using kubeconfig folder "${folder}"`)
    const entries = configEntries(this.#config)
    for (const name of CONFIGS) {
      if (entries[name] === undefined || (only !== undefined && `${only}.conf` !== name)) continue
      const path = `${folder}/${name}`
      if (this.#machine.files.stat(path) !== undefined) {
        out(`[kubeconfig] Using existing kubeconfig file: "${path}"`)
        continue
      }
      this.#needs('ca', `kubeconfig/${name.replace('.conf', '')}`)
      out(`[kubeconfig] Writing "${name}" kubeconfig file`)
      this.#machine.files.put(path, this.#pki.read(`/etc/kubernetes/${name}`), 0o600)
    }
  }

  #certificate(name: string, out: Printer['out']): void {
    const { files } = this.#machine
    const isAuthority = AUTHORITIES[name] !== undefined
    const path = `${this.#folder}/${name}`
    if (files.stat(`${path}.crt`) !== undefined) {
      out(
        isAuthority
          ? `[certs] Using existing ${name} certificate authority`
          : `[certs] Using existing ${name} certificate and key on disk`,
      )
      return
    }
    const entry = leafEntries(this.#config)[name]
    if (entry !== undefined) this.#needs(entry.authority, `certs/${name.replace('/', '-')}`)
    out(`[certs] Generating "${name}" certificate and key`)
    if (entry !== undefined && SERVING.includes(name))
      out(
        `[certs] ${name} serving cert is signed for DNS names [${(entry.names.dns ?? []).join(' ')}] ` +
          `and IPs [${(entry.names.ip ?? []).join(' ')}]`,
      )
    files.put(`${path}.crt`, this.#pki.read(`${PKI_DIR}/${name}.crt`), 0o644)
    files.put(`${path}.key`, this.#pki.read(`${PKI_DIR}/${name}.key`), 0o600)
  }

  #tokenKey(out: Printer['out']): void {
    const { files } = this.#machine
    if (files.stat(`${this.#folder}/sa.key`) !== undefined) {
      out('[certs] Using the existing "sa" key')
      return
    }
    out('[certs] Generating "sa" key and public key')
    files.put(`${this.#folder}/sa.key`, this.#pki.read(`${PKI_DIR}/sa.key`), 0o600)
    files.put(`${this.#folder}/sa.pub`, this.#pki.read(`${PKI_DIR}/sa.pub`), 0o600)
  }

  /** Reads certificate and key of an authority from the disk. */
  #issuer(authority: string): { subject: { commonName: string }; key: ReturnType<typeof parsePrivateKey> } {
    const { files } = this.#machine
    const [certificate] = parseCertificates(files.text(`${this.#folder}/${authority}.crt`) ?? '')
    return {
      subject: certificate?.subject ?? { commonName: '' },
      key: parsePrivateKey(files.text(`${this.#folder}/${authority}.key`) ?? ''),
    }
  }

  #needs(authority: string, phase: string): void {
    const { files } = this.#machine
    const [certificate, key] = ['crt', 'key'].map((end) => `${this.#folder}/${authority}.${end}`) as [
      string,
      string,
    ]
    const fail = (why: string): never => {
      throw new KubeadmError(
        `error execution phase ${phase}: couldn't load CA certificate ${authority}: ${why}`,
      )
    }
    if (files.text(certificate) === undefined)
      fail(
        `couldn't load the certificate file ${certificate}: open ${certificate}: no such file or directory`,
      )
    if (files.text(key) === undefined)
      fail(`couldn't load the private key file ${key}: open ${key}: no such file or directory`)
    const { subject, key: own } = this.#issuer(authority)
    const [found] = parseCertificates(files.text(certificate) ?? '')
    if (subject.commonName === '' || found?.publicKey?.modulus !== own.modulus)
      fail(`the certificate and the private key do not belong together`)
  }
}
