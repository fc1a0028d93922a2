import type { Content } from '../../lang/bytes/content.js'
import type { ContainerStatus, Pod } from '../../api/core/generated.js'
import { ApiError } from '../../client/api-error.js'
import type {
  ExecRequest,
  LogRequest,
  NodeAgent,
  NodeAgents,
  ContainerStream,
} from '../../client/node-agent.js'
import type { Machine, RuntimeContainer, RuntimePod } from '../../kubelet/index.js'
import { containerSpec, latestContainer } from '../../kubelet/index.js'
import { LogSession, textSession } from '../streams/log-session.js'
import { PortSession } from '../streams/port-session.js'
import { ProcessSession } from '../streams/process-session.js'

/** Finds kubelets, and tells whether they respond. */
export interface KubeletAgentDependencies {
  /** Returns the machine of a node if its kubelet responds, else undefined. */
  readonly machineOf: (node: string) => Machine | undefined
  /** Returns why the TLS handshake with a responding kubelet fails, if it does. */
  readonly servingFault: (node: string) => string | undefined
  /** Virtual ms. */
  readonly now: () => number
}

/**
 * The part of the simulated kubelets that the apiserver talks to. Source: pkg/kubelet/server, kubelet_pods.go
 * GetKubeletContainerLogs.
 */
export function kubeletAgents(dependencies: KubeletAgentDependencies): NodeAgents {
  return {
    connectionFault: (node) =>
      dependencies.machineOf(node) === undefined ? undefined : dependencies.servingFault(node),
    agentOf: (node) => {
      const machine = dependencies.machineOf(node)
      return machine && new KubeletAgent(machine, dependencies.now)
    },
  }
}

class KubeletAgent implements NodeAgent {
  readonly #machine: Machine
  readonly #now: () => number

  constructor(machine: Machine, now: () => number) {
    this.#machine = machine
    this.#now = now
  }

  logs(request: LogRequest): ContainerStream {
    const id = loggedContainer(request)
    const pod = this.#podOf(request.pod)
    const container = pod?.containers.find((one) => id.endsWith(`//${one.id}`))
    if (!pod || !container) return textSession(`unable to retrieve container logs for ${id}`)
    return new LogSession(this.#machine, pod, container, request, this.#now())
  }

  exec(request: ExecRequest): ContainerStream {
    const { pod, container } = this.#running(request)
    const session = new ProcessSession(request)
    const { processes } = this.#machine
    const started = processes.exec(pod, container, request.command ?? [], session, request.stdin)
    if (started === undefined) return session
    if ('error' in started) {
      session.fail(
        'error executing command in container: failed to exec in container: failed to start exec ' +
          `"${container.id}": ${started.error}`,
      )
      return session
    }
    const { key } = started
    session.connect({
      input: (text, end) => processes.input(key, text, end),
      resume: () => processes.resume(key),
      close: () => undefined,
    })
    return session
  }

  attach(request: ExecRequest): ContainerStream {
    const { pod, container } = this.#running(request)
    const session = new ProcessSession(request)
    const { processes } = this.#machine
    const key = `${pod.uid}/${container.name}`
    const unlisten = processes.listen(key, session)
    // the input of a container stays open for the next client, unless it is for one client only
    const isOnce = containerSpec(pod.pod, container.name)?.stdinOnce === true
    const close = (): void => {
      unlisten()
      if (isOnce && request.stdin) processes.input(key, '', true)
    }
    const input = (text: Content, end: boolean): void => {
      processes.input(key, text, end && isOnce)
      // a client that has nothing more to say leaves; the container goes on. Source: containerd's io.Attach
      if (end && !isOnce && request.stdin) session.ended({ code: 0 })
    }
    session.connect({ input, close, resume: () => processes.resume(key) })
    return session
  }

  portForward(pod: Pod, port: number): ContainerStream {
    const found = this.#podOf(pod)
    if (found?.sandbox !== 'ready')
      throw failure(`pod not found ("${pod.metadata.name ?? ''}_${pod.metadata.namespace ?? ''}")`)
    const { processes } = this.#machine
    if (!processes.accepts(found, port)) {
      throw failure(
        `failed to connect to localhost:${port} inside namespace "${found.uid}", IPv4: dial tcp4 ` +
          `127.0.0.1:${port}: connect: connection refused IPv6 dial tcp6 [::1]:${port}: connect: ` +
          'connection refused ',
      )
    }
    return new PortSession((request) => processes.request(found, port, request), processes.talks(found, port))
  }

  #podOf(pod: Pod): RuntimePod | undefined {
    const { uid = '', annotations } = pod.metadata
    // a mirror pod represents a static pod, which the machine knows by the hash of its manifest
    return this.#machine.pod(uid) ?? this.#machine.pod(annotations?.['kubernetes.io/config.hash'] ?? '')
  }

  #running({ pod, container }: ExecRequest): { pod: RuntimePod; container: RuntimeContainer } {
    const found = this.#podOf(pod)
    if (!found) throw failure('unable to upgrade connection: pod does not exist')
    const latest = latestContainer(found, container)
    if (latest?.state !== 'running')
      throw failure(`unable to upgrade connection: container not found (${JSON.stringify(container)})`)
    return { pod: found, container: latest }
  }
}

function failure(message: string): ApiError {
  return new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })
}

/**
 * Returns the id of the container whose log is requested. Source: kubelet_pods.go validateContainerLogStatus.
 * @throws ApiError 400
 */
function loggedContainer({ pod, container, previous }: LogRequest): string {
  const name = pod.metadata.name ?? ''
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = pod.status
  const status: ContainerStatus | undefined = [
    ...containerStatuses,
    ...initContainerStatuses,
    ...ephemeralContainerStatuses,
  ].find((one) => one.name === container)
  const what = `container ${JSON.stringify(container)} in pod ${JSON.stringify(name)}`
  if (!status) throw badRequest(`${what} is not available`)
  const { state, lastState } = status
  const last = lastState?.terminated?.containerID
  if (previous) {
    if (!last) throw badRequest(`previous terminated ${what} not found`)
    return last
  }
  if (state?.running) return status.containerID ?? ''
  if (state?.terminated) {
    const id = state.terminated.containerID || last
    if (!id) throw badRequest(`${what} is terminated`)
    return id
  }
  if (lastState?.terminated) {
    if (!last) throw badRequest(`${what} is terminated`)
    return last
  }
  const reason = state?.waiting?.reason ?? ''
  const why =
    { ErrImagePull: "image can't be pulled", ImagePullBackOff: 'trying and failing to pull image' }[reason] ??
    reason
  throw badRequest(`${what} is waiting to start: ${why}`)
}

function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message)
}
