import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { Agent, request as requestSecure, type RequestOptions } from 'node:https'
import { ProxiedResponse, type ProxiedRequest } from '../../apiserver/proxied.js'
import type { OutsideKubelets } from '../../apiserver/server-dependencies.js'
import { ApiError } from '../../client/api-error.js'
import type { ContainerStream, ExecRequest, LogRequest, NodeAgent } from '../../client/node-agent.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Pod } from '../../api/core/generated.js'
import { formatTime } from '../../lang/go/time.js'
import { PKI_DIR } from '../../pki/index.js'
import type { OutsideCalls } from '../webhooks/outside-calls.js'
import { dialKubelet, goError } from './dial.js'
import { LogResponse } from './log-response.js'
import { RemoteExec } from './remote-exec.js'
import { RemotePort } from './remote-port.js'

/** Most bytes of a proxied response. */
const MOST_BYTES = 64 * 1024 * 1024
/** Characters of a kubelet's refusal that are passed on. */
const MOST_TEXT = 2_000

/** Each request has a connection of its own: a kubelet that stops must not leave broken ones. */
const connections = new Agent({ keepAlive: false })

/**
 * The kubelets of nodes that are not simulated, over TLS with the apiserver's client certificate. Their own
 * certificates are not verified, as without `--kubelet-certificate-authority`. Source: pkg/kubelet/client.
 */
export class RemoteKubelets implements OutsideKubelets {
  readonly #cluster: SimCluster
  readonly #calls: OutsideCalls

  constructor(cluster: SimCluster, calls: OutsideCalls) {
    this.#cluster = cluster
    this.#calls = calls
  }

  agentOf(node: string, host: string): NodeAgent | undefined {
    if (this.#isSimulated(node)) return undefined
    return new RemoteKubelet(host, this.#optionsFor(host), this.#calls)
  }

  request(
    node: string,
    host: string,
    { method, path, query, headers, body }: ProxiedRequest,
  ): ProxiedResponse | string | undefined {
    if (this.#isSimulated(node)) return undefined
    const asked = query === '' ? path : `${path}?${query}`
    const passed = Object.entries(headers).filter(([name]) => name !== 'host')
    const lists = passed.map(([name, value]) => [name, typeof value === 'string' ? value : [...value]])
    const options = {
      ...this.#optionsFor(host),
      method,
      path: asked,
      headers: Object.fromEntries(lists) as OutgoingHttpHeaders,
    }
    return this.#calls.awaited(`${method} ${host}${asked}`, () => exchange(options, body))
  }

  #isSimulated(node: string): boolean {
    return this.#cluster.nodes().some(({ name }) => name === node)
  }

  #optionsFor(host: string): RequestOptions {
    const { pki } = this.#cluster
    const [cert, key] = ['crt', 'key'].map((end) => pki.find(`${PKI_DIR}/apiserver-kubelet-client.${end}`))
    const { hostname, port } = new URL(`https://${host}`)
    return {
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? 443 : Number(port),
      agent: connections,
      rejectUnauthorized: false,
      ...(cert === undefined || key === undefined ? {} : { cert, key }),
    }
  }
}

class RemoteKubelet implements NodeAgent {
  readonly #host: string
  readonly #options: RequestOptions
  readonly #calls: OutsideCalls

  constructor(host: string, options: RequestOptions, calls: OutsideCalls) {
    this.#host = host
    this.#options = options
    this.#calls = calls
  }

  logs({ pod, container, ...wish }: LogRequest): ContainerStream {
    const { sinceTime, ...plain } = wish
    const query = new URLSearchParams(sinceTime === undefined ? {} : { sinceTime: formatTime(sinceTime) })
    for (const [name, value] of Object.entries(plain)) if (value !== false) query.set(name, String(value))
    query.sort()
    const path = `/containerLogs/${pathOf(pod)}/${container}?${query.toString()}`
    const opened = this.#calls.awaited(path, () => open({ ...this.#options, path }))
    if (typeof opened === 'string')
      throw new ApiError(500, '', `Get "https://${this.#host}${path}": ${opened}`)
    const { response, refusal } = opened
    if (refusal !== undefined) {
      const code = response.statusCode ?? 500
      throw new ApiError(code, code === 400 ? 'BadRequest' : code === 404 ? 'NotFound' : '', refusal)
    }
    return new LogResponse(response)
  }

  exec(request: ExecRequest): ContainerStream {
    return this.#run('exec', request)
  }

  attach(request: ExecRequest): ContainerStream {
    return this.#run('attach', request)
  }

  #run(kind: 'exec' | 'attach', request: ExecRequest): ContainerStream {
    const { pod, container, command = [], stdin, stdout, stderr, tty } = request
    const query = new URLSearchParams(command.map((word) => ['command', word]))
    const asked = { input: stdin, output: stdout, error: stderr, tty }
    for (const [name, isAsked] of Object.entries(asked)) if (isAsked) query.set(name, '1')
    query.sort()
    const path = `/${kind}/${pathOf(pod)}/${container}?${query.toString()}`
    return new RemoteExec(dialKubelet({ ...this.#options, path }, ['v4.channel.k8s.io']), request)
  }

  portForward(pod: Pod, port: number): ContainerStream {
    const path = `/portForward/${pathOf(pod)}`
    return new RemotePort(dialKubelet({ ...this.#options, path }, ['portforward.k8s.io']), port)
  }
}

const pathOf = ({ metadata: { namespace = 'default', name = '' } }: Pod): string => `${namespace}/${name}`

/** A response whose body is still to be read, with its text if it is a refusal. */
interface Opened {
  readonly response: IncomingMessage
  readonly refusal?: string
}

/** Sends a GET. Resolves with Go's error text if the kubelet cannot be reached. */
function open(options: RequestOptions): Promise<Opened | string> {
  return new Promise((resolve) => {
    const sent = requestSecure({ ...options, method: 'GET' })
    sent.on('error', (error) => resolve(goError(error, options)))
    sent.on('response', (response) => {
      if (response.statusCode === 200) return resolve({ response })
      bodyOf(response, MOST_TEXT, (text) => resolve({ response, refusal: text.toString().trim() }))
    })
    sent.end()
  })
}

function exchange(options: RequestOptions, body: string): Promise<ProxiedResponse | string> {
  return new Promise((resolve) => {
    const sent = requestSecure(options)
    sent.on('error', (error) => resolve(goError(error, options)))
    sent.on('response', (response) => {
      const type = response.headers['content-type']
      bodyOf(response, MOST_BYTES, (bytes) =>
        resolve(
          new ProxiedResponse(
            response.statusCode ?? 502,
            type === undefined ? {} : { 'content-type': type },
            bytes.toString(),
          ),
        ),
      )
    })
    sent.end(body)
  })
}

/** Reads a body up to a number of bytes. */
function bodyOf(response: IncomingMessage, most: number, done: (bytes: Buffer) => void): void {
  const parts: Buffer[] = []
  let size = 0
  response.on('data', (part: Buffer) => {
    size += part.length
    if (size <= most) parts.push(part)
  })
  response.once('close', () => done(Buffer.concat(parts)))
}
