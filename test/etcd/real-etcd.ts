import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
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
    return child
  }

  /** The process' id. */
  get pid(): number {
    return this.#process.pid as number
  }

  static async start(flags: readonly string[] = []): Promise<RealEtcd> {
    const [client, peer] = [await freePort(), await freePort()]
    const directory = mkdtempSync(join(tmpdir(), 'simcluster-etcd-'))
    const etcd = new RealEtcd(
      [
        '--name',
        'test',
        '--data-dir',
        directory,
        '--unsafe-no-fsync',
        '--log-level',
        'error',
        '--listen-client-urls',
        `http://127.0.0.1:${client}`,
        '--advertise-client-urls',
        `http://127.0.0.1:${client}`,
        '--listen-peer-urls',
        `http://127.0.0.1:${peer}`,
        '--initial-advertise-peer-urls',
        `http://127.0.0.1:${peer}`,
        '--initial-cluster',
        `test=http://127.0.0.1:${peer}`,
        ...flags,
      ],
      directory,
      `127.0.0.1:${client}`,
    )
    await etcd.#ready()
    return etcd
  }

  /** Kills the process, whatever it is doing. */
  async crash(): Promise<void> {
    const exited = new Promise((resolve) => this.#process.once('exit', resolve))
    const isThere = this.#process.exitCode === null && this.#process.signalCode === null
    this.#process.kill('SIGKILL')
    if (isThere) await exited
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
    for (let attempt = 0; ; attempt++) {
      try {
        await this.call('KV', 'Range', { key: Buffer.from('health') })
        return
      } catch (error) {
        if ((error as ServiceError).code === status.INVALID_ARGUMENT) return // it asks who this is
        if (attempt > 200 || this.#process.exitCode !== null)
          throw new Error(`etcd did not start: ${this.#said}`, { cause: error })
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
