import { quote } from '../../lang/go/quote.js'
import type { CertificateSigningRequest } from '../../api/certificates/generated.js'
import { ApiError, ConnectionError, isApiError } from '../../client/api-error.js'
import type { ComponentHost } from '../../client/component.js'
import type { Informer } from '../../client/informers/informer.js'
import type { Slice, Topic } from '../../sim/modules/module.js'
import type { RandomStream } from '../../sim/random.js'
import type { CertificateUse, HeldCertificate, KubeletCertificates } from './ports.js'

const SECOND = 1_000
/** Longest wait for one request. */
const WAIT = 15 * 60 * SECOND
/** Delays between tries: 2 s, doubled until the fifth try, then the last delay. */
const FIRST_RETRY = 2 * SECOND
const STEPS = 5
const LATER_RETRY = 32 * SECOND

/** State of a certificate manager. Plain data. */
interface ManagerState {
  /** The request that it waits for. */
  waiting: { readonly name: string; readonly uid: string; readonly key: string } | undefined
  /** Failed tries since the deadline. */
  failures: number
  /** Whether the apiserver responded to the last try, even with a refusal. */
  serverHealthy: boolean
}

/** What a manager needs. */
export interface CertificateManagerDependencies {
  readonly use: CertificateUse
  readonly node: string
  readonly signerName: string
  readonly usages: readonly string[]
  readonly certificates: KubeletCertificates
  readonly current: () => HeldCertificate | undefined
}

/**
 * Rotates one certificate of a kubelet: between 70% and 90% of its life it makes a new key, requests a
 * certificate with a CertificateSigningRequest, waits until it is signed, and replaces the file. Source:
 * client-go util/certificate/certificate_manager.go.
 */
export class CertificateManager {
  readonly #host: ComponentHost
  readonly #dependencies: CertificateManagerDependencies
  readonly #state: Slice<ManagerState>
  readonly #random: RandomStream
  readonly #topic: Topic
  #request: Informer<CertificateSigningRequest> | undefined

  constructor(host: ComponentHost, dependencies: CertificateManagerDependencies) {
    this.#host = host
    this.#dependencies = dependencies
    const topic = `certificate ${dependencies.use}`
    this.#state = host.state<ManagerState>(topic, () => ({
      waiting: undefined,
      failures: 0,
      serverHealthy: false,
    }))
    this.#random = host.random(topic)
    this.#topic = host.handle(topic, (key) => this.#due(key))
    if (this.#state.value.waiting !== undefined) this.#follow(this.#state.value.waiting.name)
  }

  /** Whether the apiserver responded to the last try. */
  get serverHealthy(): boolean {
    return this.#state.peek.serverHealthy
  }

  /** Sets the timer of the next rotation; it is due at once if there is no certificate, or if `now`. */
  start(now = false): void {
    const current = this.#dependencies.current()
    const wait = current === undefined || now ? 0 : this.#deadline(current) - this.#host.clock.now()
    if (wait <= 0) this.#rotate()
    else this.#topic.wakeAfter('rotate', wait, { class: 'watchdog' })
  }

  #deadline({ notBefore, notAfter }: HeldCertificate): number {
    const life = notAfter - notBefore
    return Math.round(notBefore + life * (1 + 0.2 * this.#random.float()) - life * 0.3)
  }

  #due(key: string): void {
    if (key === 'rotate') this.#rotate()
    else if (key === 'timeout')
      this.#failed('certificate request was not signed', 'timed out waiting for the condition')
    else this.#look()
  }

  #rotate(): void {
    const { use, node, certificates, signerName, usages } = this.#dependencies
    const state = this.#state.value
    const key = `${node}/kubelet-${use} ${this.#host.clock.now()}`
    try {
      const spec = { request: btoa(certificates.request(use, key)), signerName, usages: [...usages] }
      const { metadata } = this.#host.client.create('certificatesigningrequests', {
        metadata: { generateName: 'csr-' },
        spec,
        status: {},
      } as CertificateSigningRequest)
      state.waiting = { name: metadata.name as string, uid: metadata.uid as string, key }
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error
      state.serverHealthy =
        isApiError(error) && ['Unauthorized', 'NotFound', 'Forbidden'].includes(error.reason)
      return this.#failed(
        'Failed while requesting a signed certificate from the control plane',
        `cannot create certificate signing request: ${error.message}`,
      )
    }
    this.#topic.wakeAfter('timeout', WAIT, { class: 'watchdog' })
    this.#follow(state.waiting.name)
  }

  /** Watches one request, so that the informer holds a single object. */
  #follow(name: string): void {
    const { use } = this.#dependencies
    this.#request = this.#host.informer('certificatesigningrequests', {
      fieldSelector: `metadata.name=${name}`,
      id: `certificate ${use}`,
    })
    this.#request.onChange(() => this.#topic.wake('look'))
  }

  #look(): void {
    const { waiting } = this.#state.value
    if (waiting === undefined || this.#request === undefined) return
    const csr = this.#request.get(waiting.name)
    if (csr === undefined || csr.metadata.uid !== waiting.uid) {
      const what = csr === undefined ? 'was deleted' : 'changed UIDs'
      return this.#failed(
        'certificate request was not signed',
        `cannot watch on the certificate signing request: csr ${quote(waiting.name)} ${what}`,
      )
    }
    const fault = refusalOf(csr)
    if (fault !== undefined)
      return this.#failed(
        'certificate request was not signed',
        `cannot watch on the certificate signing request: certificate signing request ${fault}`,
      )
    const { certificate = '', conditions = [] } = csr.status
    if (certificate !== '' && conditions.some(({ type }) => type === 'Approved'))
      this.#signed(certificate, waiting.key)
  }

  #signed(certificate: string, key: string): void {
    const { use, certificates } = this.#dependencies
    this.#forget()
    Object.assign(this.#state.value, { failures: 0, serverHealthy: true })
    certificates.update(use, atob(certificate), key)
    if (use === 'client')
      this.#host.log(
        'info',
        'Certificate rotation detected, shutting down client connections to start using new credentials',
      )
    this.start()
  }

  #failed(what: string, why: string): void {
    const { signerName } = this.#dependencies
    const state = this.#state.value
    this.#forget()
    this.#host.log('error', `${signerName}: ${what}: ${why}`)
    state.failures++
    if (state.failures === STEPS)
      this.#host.log(
        'error',
        `${signerName}: Reached backoff limit, still unable to rotate certs: timed out waiting for ` +
          'the condition',
      )
    const delay =
      state.failures < STEPS
        ? FIRST_RETRY * 2 ** (state.failures - 1) * (1 + 0.1 * this.#random.float())
        : LATER_RETRY
    this.#topic.wakeAfter('rotate', Math.round(delay), { class: 'watchdog' })
  }

  #forget(): void {
    this.#state.value.waiting = undefined
    this.#topic.cancel('timeout')
    this.#request?.close()
    this.#request = undefined
  }
}

/** Source: client-go util/certificate/csr/csr.go WaitForCertificate. */
function refusalOf({ status }: CertificateSigningRequest): string | undefined {
  for (const { type, reason = '', message = '' } of status.conditions ?? []) {
    if (type === 'Denied') return `is denied, reason: ${reason}, message: ${message}`
    if (type === 'Failed') return `failed, reason: ${reason}, message: ${message}`
  }
  return undefined
}
