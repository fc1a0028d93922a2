import { checkFolder, checkStore } from '../inputs.js'
import { mkdirSync, writeFileSync } from 'node:fs'
import { writePrivateFile } from '../../disk/private-file.js'
import { join } from 'node:path'
import type { TlsOptions, TLSSocket } from 'node:tls'
import type { EtcdStore } from '../../etcd/store.js'
import { commonNameOf } from './clients.js'
import { Code, GrpcError } from './grpc/grpc-error.js'
import { handleStream } from './grpc/grpc.js'
import type { Services, StreamCall } from './grpc/methods.js'
import type { HostedMember } from './hosts.js'
import { handleHttp } from './http-endpoints.js'
import type { PlainResponse } from './http-endpoints.js'
import { DualListener } from './listener.js'
import type { EtcdMember } from './member.js'
import { etcdServices } from './services.js'
import { joinHostPort } from '../../lang/go/host-port.js'

/** Ms that clients have to read the rest of their responses when the server closes. */
const GRACE_MS = 500

/** How an etcd is served over TLS. */
export interface EtcdSecurity {
  readonly tls: TlsOptions
  /** The CA certificate that clients must trust, as PEM. */
  readonly authority: string
  /** Whether to serve a client, by its certificate. */
  readonly admits: (socket: TLSSocket) => boolean
  /** The certificate and the key of a client, as PEM. */
  readonly credentials: () => { readonly certificate: string; readonly key: string }
}

/** The dependencies of an {@link EtcdServer}. */
export interface EtcdServerDependencies extends HostedMember {
  readonly port: number
  readonly host: string
  /** Default: plain text. */
  readonly secure?: EtcdSecurity
  readonly report: (error: unknown) => void
  readonly onClose?: () => void
}

/** A served etcd, see `serveEtcd`. */
export class EtcdServer {
  /** The CA certificate that clients must trust, as PEM; empty without TLS. */
  readonly authority: string
  readonly #dependencies: EtcdServerDependencies
  readonly #listener: DualListener
  readonly #open = new Set<StreamCall>()
  #services: Services
  #tick: (now: number) => void
  #store: EtcdStore
  #port = 0

  /** @throws Error when it would listen without TLS on an address that is not a loopback address */
  constructor(dependencies: EtcdServerDependencies) {
    const { store, secure, host, report } = dependencies
    if (secure === undefined && !isLoopback(host))
      throw new Error(`etcd is served without TLS on a loopback address only, not on ${host}`)
    this.#store = store
    this.#dependencies = dependencies
    const { services, tick } = this.#servicesOf(store)
    this.#services = services
    this.#tick = tick
    this.authority = secure?.authority ?? ''
    const plainResponse = (path: string): PlainResponse => handleHttp(this.#member(this.#store), path)
    this.#listener = new DualListener(secure?.tls, {
      http2: (stream, headers) =>
        handleStream(
          { services: this.#services, report, plain: plainResponse, open: this.#open },
          stream,
          headers,
        ),
      http1: (request, response) => {
        request.resume()
        const { code, headers, body } = plainResponse(request.url ?? '/')
        response.writeHead(code, headers).end(body)
      },
      admit: (socket) => secure === undefined || secure.admits(socket),
      report,
    })
  }

  /** The store that is served. */
  get store(): EtcdStore {
    return this.#store
  }

  /**
   * Serves another store: that of a cluster that has been rewound. Ends open calls. Does nothing when the
   * store is the same.
   */
  renew(store: EtcdStore): void {
    checkStore([store])
    if (store === this.#store) return
    this.#store = store
    this.#endCalls()
    const { services, tick } = this.#servicesOf(store)
    this.#services = services
    this.#tick = tick
  }

  #member(store: EtcdStore): EtcdMember {
    return {
      ...this.#dependencies,
      store,
      clientUrls: () => [this.url],
      commonName: this.#dependencies.secure === undefined ? () => undefined : commonNameOf,
    }
  }

  #servicesOf(store: EtcdStore): ReturnType<typeof etcdServices> {
    return etcdServices(this.#member(store))
  }

  #endCalls(): void {
    for (const call of this.#open) call.end(new GrpcError(Code.Unavailable, 'etcdserver: server stopped'))
  }

  /** The port of etcd's API. */
  get port(): number {
    return this.#port
  }

  /** `https://127.0.0.1:2379` */
  get url(): string {
    const { host, secure } = this.#dependencies
    const named = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
    const scheme = secure === undefined ? 'http' : 'https'
    return `${scheme}://${joinHostPort(named, this.#port)}`
  }

  /**
   * Writes the files for `etcdctl --cacert ca.crt --cert client.crt --key client.key` into a folder: the
   * client certificate that kubeadm makes for health checks, with a key that only its owner can read. Creates
   * the folder. Writes nothing without TLS.
   */
  writeCredentials(folder: string): void {
    checkFolder([folder])
    const { secure } = this.#dependencies
    if (secure === undefined) return
    const { certificate, key } = secure.credentials()
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'ca.crt'), secure.authority)
    writeFileSync(join(folder, 'client.crt'), certificate)
    writePrivateFile(join(folder, 'client.key'), key)
  }

  /** Starts to listen; `serveEtcd` and `serve` have already done so. */
  async listen(): Promise<void> {
    this.#port = await this.#listener.listen(this.#dependencies.port, this.#dependencies.host)
  }

  /** Tells open watches that time has moved. */
  tick(): void {
    this.#tick(this.#dependencies.now())
  }

  /** Lets responses finish and stops listening. The store is not changed. */
  async close(): Promise<void> {
    this.#dependencies.onClose?.()
    this.#endCalls()
    await this.#listener.close(GRACE_MS)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.')
