import type { Client } from '../client/client.js'
import type { Call } from './call.js'
import type { Discovered } from './discovery.js'
import { discover } from './discovery.js'
import type { Connection, KubectlAnswer, KubectlRequest } from './environment.js'

type Read = Omit<Call, 'client' | 'request' | 'discovered' | 'namespace' | 'namespaceGiven'>

/** The server, as it is reached when it is needed; what it has told of itself, if it was asked before. */
interface Reach {
  readonly connection: Connection
  readonly discovered: Discovered | undefined
}

/**
 * The call of one command line: nothing is asked of the server, and no kubeconfig read, before a command
 * needs it.
 */
export class LineCall implements Call {
  readonly env: Call['env']
  readonly release: Call['release']
  readonly command: string
  readonly flags: Call['flags']
  readonly args: readonly string[]
  readonly dash: number | undefined
  readonly out: Call['out']
  readonly files: Call['files']
  readonly kubeconfig: Call['kubeconfig']
  readonly options: Call['options']
  readonly namespaceGiven: boolean
  readonly #reached: Reach

  constructor(read: Read, reached: Reach) {
    this.env = read.env
    this.release = read.release
    this.command = read.command
    this.flags = read.flags
    this.args = read.args
    this.dash = read.dash
    this.out = read.out
    this.files = read.files
    this.kubeconfig = read.kubeconfig
    this.options = read.options
    this.namespaceGiven = read.flags.has('namespace')
    this.#reached = reached
  }

  get client(): Client {
    return this.#reached.connection.client
  }

  get namespace(): string {
    return this.namespaceGiven ? this.flags.string('namespace') : this.kubeconfig.namespace
  }

  request(request: KubectlRequest): KubectlAnswer {
    return this.#reached.connection.request(request)
  }

  discovered(): Discovered {
    return this.#reached.discovered ?? discover((request) => this.request(request))
  }
}
