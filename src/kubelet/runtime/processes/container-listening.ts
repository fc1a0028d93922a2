import type { Container, LifecycleHandler, Pod } from '../../../api/core/generated.js'
import { absolutePath } from '../../../shell/files/tree.js'
import { DOCUMENT_ROOT } from '../../images/image.js'
import type {
  Connected,
  ListeningPort,
  NetworkRequest,
  ServedRequest,
} from '../../../shell/programs/command.js'
import type { ImageFacts } from '../../images/image-table.js'
import type { ContainerScope } from './container-scope.js'
import { keyOf } from './container-scope.js'
import { containerSpec } from './container-view.js'
import { listenedBy, listensOn, pauseAt } from '../../../shell/interpreter/process.js'
import type { RuntimeContainer, RuntimePod } from '../state.js'
import { latestContainer, processesOf } from '../state.js'

const HTML = { 'content-type': 'text/html' }
const TEXT = { 'content-type': 'text/plain' }
const NOT_FOUND =
  '<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not ' +
  'Found</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n'
/** Path of the gRPC health check. */
export const HEALTH_CHECK = '/grpc.health.v1.Health/Check'

/** Protocol of incoming data; HTTP uses TCP. */
export type Transport = NetworkRequest['protocol']

/** Delivers requests to the ports of containers, and returns their responses. */
export class ContainerListening {
  readonly #scope: ContainerScope
  readonly #serve: (key: string, port: string, request: ServedRequest) => Connected

  /** `serve` passes a request to the process of a key that listens on a port. */
  constructor(
    scope: ContainerScope,
    serve: (key: string, port: string, request: ServedRequest) => Connected,
  ) {
    this.#scope = scope
    this.#serve = serve
  }

  /** Delivers a request to a port of a pod. */
  request(pod: RuntimePod, port: number, request: NetworkRequest): Connected {
    const container = this.#listener(pod, port, request.protocol)
    if (!container) return { kind: 'refused' }
    const process = listeningProcess(pod, container, portText(port, request.protocol))
    if (process !== undefined)
      return this.#serve(process, portText(port, request.protocol), { ...request, port })
    const facts = container.assumed === true ? {} : this.#scope.dependencies.images.facts(container.image)
    const { behavior, page, documentRoot = DOCUMENT_ROOT }: Partial<ImageFacts> = facts
    if (behavior?.request) {
      const answer = behavior.request(
        container.service?.state,
        { ...request, port },
        this.#scope.context(pod, container),
      )
      this.#scope.effect(pod, container, answer)
      return answer.response === undefined
        ? { kind: 'reset' }
        : { kind: 'responded', response: answer.response }
    }
    if (request.protocol !== 'http') return { kind: 'responded', response: { body: '' } }
    if (request.path === HEALTH_CHECK)
      return { kind: 'responded', response: { status: 200, headers: TEXT, body: 'SERVING' } }
    if (page === undefined)
      return { kind: 'responded', response: { status: 200, headers: TEXT, body: `${pod.name}\n` } }
    const [path = '/'] = (request.path ?? '/').split('?')
    const body = this.#pageOf(
      pod,
      container,
      path.endsWith('/') ? `${path}index.html` : path,
      page,
      documentRoot,
    )
    return body === undefined
      ? { kind: 'responded', response: { status: 404, headers: HTML, body: NOT_FOUND } }
      : { kind: 'responded', response: { status: 200, headers: HTML, body } }
  }

  /** Whether anything in a pod listens on a port. */
  accepts(pod: RuntimePod, port: number, transport: Transport = 'tcp'): boolean {
    return this.#listener(pod, port, transport) !== undefined
  }

  /**
   * Whether the response on a port is constant while the container runs: it does not come from an image's
   * handler.
   */
  isConstant(pod: RuntimePod, port: number): boolean {
    const container = this.#listener(pod, port, 'tcp')
    if (container === undefined || container.process || container.files) return false
    const { behavior, documentRoot } = this.#scope.dependencies.images.facts(container.image)
    // a document root of its own says that its files may be changed while it runs
    return behavior?.request === undefined && documentRoot === undefined
  }

  /** Whether the program behind a port is told of raw connections, and may speak first. */
  talks(pod: RuntimePod, port: number): boolean {
    const container = this.#listener(pod, port, 'tcp')
    const processes = container === undefined ? [] : processesOf(container)
    return processes.some((process) => pauseAt(process, String(port))?.talks === true)
  }

  /** Returns the ports on which the running containers of a pod listen, by number. */
  portsOf(pod: RuntimePod): readonly ListeningPort[] {
    const texts = new Set<string>()
    for (const container of pod.containers) {
      if (container.state !== 'running' || latestContainer(pod, container.name) !== container) continue
      for (const text of this.#portsOf(pod, container)) texts.add(text.toLowerCase())
    }
    const ports = [...texts].map((text) => {
      const [port = '', protocol = 'tcp'] = text.split('/')
      return { port: Number(port), protocol: protocol as ListeningPort['protocol'] }
    })
    return ports.sort((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1))
  }

  #portsOf(pod: RuntimePod, container: RuntimeContainer): readonly string[] {
    const own = processesOf(container).flatMap(listenedBy)
    if (container.process) return own
    const facts = this.#scope.dependencies.images.facts(container.image)
    const ports = container.assumed === true ? undefined : facts.ports
    const spec = containerSpec(pod.pod, container.name)
    const declared =
      ports === undefined || facts.listensOnDeclared === true
        ? (spec?.ports ?? []).map((one) => `${one.containerPort}/${one.protocol ?? 'TCP'}`)
        : []
    const probed = ports === undefined && spec ? probedPorts(spec, pod.pod) : []
    const numbers = probed.filter((port) => typeof port === 'number').map(String)
    return [...own, ...declared, ...numbers, ...(ports ?? []).map(String)].map((text) =>
      text.replace(/\/tcp$/i, ''),
    )
  }

  #listener(pod: RuntimePod, port: number, protocol: Transport): RuntimeContainer | undefined {
    return pod.containers.findLast(
      (one) =>
        one.state === 'running' &&
        latestContainer(pod, one.name) === one &&
        this.#listens(pod, one, port, protocol),
    )
  }

  /** The file that a web server returns; without changes and volumes it has only its own page. */
  #pageOf(
    pod: RuntimePod,
    container: RuntimeContainer,
    path: string,
    page: string,
    root: string,
  ): string | undefined {
    const spec = containerSpec(pod.pod, container.name)
    const isChanged =
      container.files !== undefined ||
      spec?.volumeMounts?.some(({ mountPath: at }) => root.startsWith(at) || at.startsWith(root))
    if (!isChanged) return path === '/index.html' ? page : undefined
    return this.#scope.readFile(pod, container, absolutePath('/', `${root}${path}`))
  }

  /**
   * Whether a container listens on a port: one of its image's, or, for an undefined image, one that its spec
   * mentions.
   */
  #listens(pod: RuntimePod, container: RuntimeContainer, port: number, protocol: Transport): boolean {
    if (listeningProcess(pod, container, portText(port, protocol)) !== undefined) return true
    if (container.process) return false
    const facts = this.#scope.dependencies.images.facts(container.image)
    const { listensOnDeclared = false } = facts
    const ports = container.assumed === true ? undefined : facts.ports
    const wanted = protocol === 'http' ? 'TCP' : protocol.toUpperCase()
    const spec = containerSpec(pod.pod, container.name)
    if (ports === undefined || listensOnDeclared) {
      if (
        spec?.ports?.some((one) => one.containerPort === port && (one.protocol ?? 'TCP') === wanted) === true
      )
        return true
      if (ports === undefined && wanted === 'TCP' && spec && probedPorts(spec, pod.pod).includes(port))
        return true
    }
    return (ports ?? []).some((one) => {
      const [number, kind = 'tcp'] = String(one).split('/')
      return Number(number) === port && kind.toUpperCase() === wanted
    })
  }
}

const portText = (port: number, protocol: Transport): string =>
  protocol === 'http' || protocol === 'tcp' ? String(port) : `${port}/${protocol}`

/** Returns the key of the container's process that listens on a port: its first one, or one of exec. */
function listeningProcess(pod: RuntimePod, container: RuntimeContainer, port: string): string | undefined {
  const { process, execs } = container
  if (process && listensOn(process, port)) return keyOf(pod, container)
  for (const [number, exec] of execs ?? [])
    if (listensOn(exec, port)) return `${keyOf(pod, container)}#${number}`
  return undefined
}

/** Ports that the probes and hooks of a container use: for an undefined image they imply a server. */
function probedPorts(
  { readinessProbe, livenessProbe, startupProbe, lifecycle }: Container,
  pod: Pod | undefined,
): readonly (number | string | undefined)[] {
  const isOwn = (host = ''): boolean =>
    host === '' || (pod?.spec.hostNetwork === true && (host === '127.0.0.1' || host === 'localhost'))
  const ofHandler = (handler: LifecycleHandler | undefined): number | string | undefined =>
    isOwn(handler?.httpGet?.host) && isOwn(handler?.tcpSocket?.host)
      ? (handler?.httpGet?.port ?? handler?.tcpSocket?.port)
      : undefined
  return [
    ...[readinessProbe, livenessProbe, startupProbe].flatMap((probe) => [
      ofHandler(probe),
      probe?.grpc?.port,
    ]),
    ofHandler(lifecycle?.postStart),
    ofHandler(lifecycle?.preStop),
  ]
}
