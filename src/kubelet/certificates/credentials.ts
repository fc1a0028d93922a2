import type { ComponentHost } from '../../client/component.js'
import type { Slice, Topic } from '../../sim/modules/module.js'
import { CertificateManager } from './certificate-manager.js'
import type { CertificateConfiguration, KubeletCertificates, LoadedCertificates } from './ports.js'

const SECOND = 1_000
/**
 * A kubelet without a valid client certificate exits after this time if the apiserver responds. It checks
 * every ten seconds.
 */
const EXIT_AFTER = 300 * SECOND
const LOOK = 10 * SECOND
/**
 * A kubelet that does not rotate its certificate rereads the files after this time. Source: client-go
 * transport/cert_rotation.go.
 */
const RELOAD = 300 * SECOND

/** What the credentials of a kubelet need besides its host. */
export interface CredentialDependencies {
  readonly node: string
  readonly configuration: CertificateConfiguration
  readonly certificates: KubeletCertificates
}

/**
 * The client and serving certificates of one kubelet. An expired client certificate leads to refused
 * requests, and those to the exit of the process. Source: pkg/kubelet/certificate/{kubelet,transport}.go.
 */
export class KubeletCredentials {
  readonly #host: ComponentHost
  readonly #dependencies: CredentialDependencies
  readonly #loaded: Slice<LoadedCertificates>
  readonly #expiry: Topic
  readonly #client: CertificateManager | undefined
  readonly #serving: CertificateManager | undefined

  constructor(host: ComponentHost, dependencies: CredentialDependencies) {
    const {
      certificates,
      configuration: { rotateCertificates, serverTLSBootstrap },
      node,
    } = dependencies
    this.#host = host
    this.#dependencies = dependencies
    this.#loaded = host.state<LoadedCertificates>('certificates', () => ({}))
    certificates.hold(this.#loaded)
    this.#expiry = host.handle('expiry', () => this.#look())
    if (rotateCertificates) {
      this.#client = new CertificateManager(host, {
        node,
        certificates,
        use: 'client',
        signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
        usages: ['digital signature', 'key encipherment', 'client auth'],
        current: () => this.#loaded.peek.held?.client,
      })
    }
    if (serverTLSBootstrap) {
      this.#serving = new CertificateManager(host, {
        node,
        certificates,
        use: 'serving',
        signerName: 'kubernetes.io/kubelet-serving',
        usages: ['digital signature', 'key encipherment', 'server auth'],
        current: () => this.#loaded.peek.held?.serving,
      })
    }
  }

  /** Exits the process if it has no credentials. Returns whether it continues. */
  begin(): boolean {
    const faults = this.#dependencies.certificates.faults()
    for (const line of faults) this.#host.log('error', line)
    if (faults.length > 0) {
      this.#dependencies.certificates.exit()
      return false
    }
    const { rotateCertificates, serverTLSBootstrap } = this.#dependencies.configuration
    const held = this.#dependencies.certificates.load(rotateCertificates, serverTLSBootstrap)
    this.#loaded.value.held = held
    this.#client?.start(held.fromConfig)
    this.#serving?.start()
    this.#watchExpiry()
    return true
  }

  /** Sets the timer for an expired client certificate: the process then exits, or rereads the files. */
  #watchExpiry(): void {
    const client = this.#loaded.value.held?.client
    const left = (client?.notAfter ?? 0) - this.#host.clock.now()
    this.#expiry.wakeAfter(
      '',
      Math.max(left, 0) + (this.#client === undefined ? RELOAD : EXIT_AFTER + LOOK),
      { class: 'watchdog' },
    )
  }

  #look(): void {
    const client = this.#loaded.value.held?.client
    // it was renewed
    if (client !== undefined && this.#host.clock.now() <= client.notAfter) return this.#watchExpiry()
    if (this.#client === undefined) return this.#reload()
    const threshold =
      `lastCertificateAvailabilityTime=${JSON.stringify(goTime(client?.notAfter ?? 0))} ` +
      'shutdownThreshold="5m0s"'
    if (this.#client.serverHealthy) {
      this.#host.log(
        'error',
        `"No valid client certificate is found and the server is responsive, exiting." ${threshold}`,
      )
      return this.#dependencies.certificates.exit()
    }
    this.#host.log(
      'error',
      '"No valid client certificate is found but the server is not responsive. A restart may be ' +
        `necessary to retrieve new initial credentials." ${threshold}`,
    )
    this.#expiry.wakeAfter('', LOOK, { class: 'watchdog' })
  }

  /** Rereads the files: a replaced certificate needs no restart. */
  #reload(): void {
    const { certificates } = this.#dependencies
    const { client } = certificates.load(false, false)
    const { held } = this.#loaded.value
    if (held !== undefined && client !== undefined && this.#host.clock.now() <= client.notAfter)
      held.client = client
    this.#watchExpiry()
  }
}

/** Formats a time like Go: `2026-01-01 00:00:00 +0000 UTC`. */
function goTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`
}
