import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  credentials,
  loadPackageDefinition,
  status,
  type Client,
  type ClientDuplexStream,
  type ServiceError,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { freePort } from '../../src/server/http/free-port.js'

/** Where Debian's etcd-server package puts the binary. */
export const ETCD_BINARY = '/usr/bin/etcd'

export function etcdInstalled(): boolean {
  return existsSync(ETCD_BINARY)
}

export type Message = Record<string, unknown>

type Unary = (request: Message, done: (error: ServiceError | null, response: Message) => void) => void

const PROTO = fileURLToPath(new URL('./proto/', import.meta.url))

type ServiceName = 'KV' | 'Watch' | 'Lease' | 'Maintenance'

function connect(service: ServiceName, address: string): Client {
  const definition = loadSync('rpc.proto', {
    includeDirs: [PROTO],
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  })
  // grpc-js has no types for a loaded definition
  const { etcdserverpb } = loadPackageDefinition(definition) as unknown as {
    etcdserverpb: Record<ServiceName, new (address: string, channel: unknown) => Client>
  }
  return new etcdserverpb[service](address, credentials.createInsecure())
}

/** Calls etcd's API with the usual client. */
export class EtcdClient {
  readonly #clients: Record<ServiceName, Client>

  constructor(address: string) {
    this.#clients = {
      KV: connect('KV', address),
      Watch: connect('Watch', address),
      Lease: connect('Lease', address),
      Maintenance: connect('Maintenance', address),
    }
  }

  /** A unary call; rejects with grpc-js' ServiceError (`code`, `details`). */
  call(service: ServiceName, method: string, request: Message): Promise<Message> {
    // grpc-js has no types for the methods of a service
    const client = this.#clients[service] as unknown as Record<string, Unary>
    return new Promise((resolve, reject) => {
      client[method]!.call(client, request, (error, response) =>
        error === null ? resolve(response) : reject(error),
      )
    })
  }

  stream(service: ServiceName, method: string): ClientDuplexStream<Message, Message> {
    // grpc-js has no types for the methods of a service
    const client = this.#clients[service] as unknown as Record<
      string,
      () => ClientDuplexStream<Message, Message>
    >
    return client[method]!.call(client)
  }

  disconnect(): void {
    for (const client of Object.values(this.#clients)) client.close()
  }
}

/** A real etcd 3.5 on loopback, with a data directory of its own that goes with it. */
export class RealEtcd extends EtcdClient {
  /** `127.0.0.1:<port>` */
  readonly address: string
  #process: ChildProcess
  /** Resolves when the process has ended and all that it said is in `#said`. */
  #ended: Promise<void> = Promise.resolve()
  /** The end of what the process has said. */
  #said = ''
  readonly #directory: string
  readonly #flags: readonly string[]

  private constructor(flags: readonly string[], directory: string, address: string) {
    super(address)
    this.address = address
    this.#flags = flags
    this.#process = this.#spawned(flags)
    this.#directory = directory
  }

  #spawned(flags: readonly string[]): ChildProcess {
    this.#said = ''
    const child = spawn(ETCD_BINARY, flags, { stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr.on('data', (part: Buffer) => (this.#said = (this.#said + part.toString()).slice(-4_000)))
    this.#ended = new Promise((resolve) => child.once('close', () => resolve()))
    return child
  }

  /** The process' id. */
  get pid(): number {
    return this.#process.pid as number
  }

  /**
   * Starts one. Another process can take a free port before etcd listens on it: then it tries other ports,
   * five times in all.
   */
  static async start(
    flags: readonly string[] = [],
    port: () => Promise<number> = () => freePort('127.0.0.1'),
  ): Promise<RealEtcd> {
    for (let attempt = 1; ; attempt++) {
      const etcd = RealEtcd.#on(await port(), await port(), flags)
      try {
        await etcd.#ready()
        return etcd
      } catch (error) {
        await etcd.stop()
        if (!etcd.#said.includes('address already in use') || attempt === 5) throw error
      }
    }
  }

  static #on(client: number, peer: number, flags: readonly string[]): RealEtcd {
    const directory = mkdtempSync(join(tmpdir(), 'simcluster-etcd-'))
    const [clientUrl, peerUrl] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`]
    const given = [
      ['--name', 'test'],
      ['--data-dir', directory],
      ['--unsafe-no-fsync'],
      ['--log-level', 'error'],
      ['--listen-client-urls', clientUrl],
      ['--advertise-client-urls', clientUrl],
      ['--listen-peer-urls', peerUrl],
      ['--initial-advertise-peer-urls', peerUrl],
      ['--initial-cluster', `test=${peerUrl}`],
    ]
    return new RealEtcd([...given.flat(), ...flags], directory, `127.0.0.1:${client}`)
  }

  /** Kills the process, whatever it is doing. */
  async crash(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#ended
  }

  /** Starts again where it has been killed, on the same data and the same address. */
  async recover(): Promise<void> {
    this.#process = this.#spawned(this.#flags)
    await this.#ready()
  }

  /** Starts again on the same data and address, with flags that override the first ones. */
  async recoverWith(flags: readonly string[]): Promise<void> {
    await this.crash()
    this.#process = this.#spawned([...this.#flags, ...flags])
    await this.#ready()
  }

  async stop(): Promise<void> {
    this.disconnect()
    await this.crash()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  async #ready(): Promise<void> {
    const failed = (cause?: unknown) => new Error(`etcd did not start: ${this.#said}`, { cause })
    for (let attempt = 0; ; attempt++) {
      try {
        await this.call('KV', 'Range', { key: Buffer.from('health') })
        break
      } catch (error) {
        if ((error as ServiceError).code === status.INVALID_ARGUMENT) break // it asks who this is
        if (attempt > 200 || this.#process.exitCode !== null) throw failed(error)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
    // on a port that was taken, another etcd may have answered
    if (this.#process.exitCode !== null) throw failed()
  }
}
