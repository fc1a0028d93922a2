import { quote } from '../../lang/go/quote.js'
import type { Container, Pod } from '../../api/core/generated.js'
import type { Connected, NetworkRequest } from '../../shell/programs/command.js'
import type { ContainerRuntime } from '../runtime/runtime-api.js'
import { joinHostPort } from '../../lang/go/host-port.js'

/** A probe or hook that could not be made, with Go's text. */
export class ActionFault extends Error {}

/** The container of a probe or hook, and how to reach it. */
export interface ActionScope {
  readonly runtime: ContainerRuntime
  readonly uid: string
  readonly pod: Pod
  readonly container: Container
  /** Address of the node. */
  readonly hostIP: string
  /** Minor version of the kubelet. */
  readonly minor: number
}

/** Address and port of an action. */
export interface ProbeTarget {
  readonly host: string
  readonly port: number
  /** Whether it is the pod itself and not another machine. */
  readonly isPod: boolean
}

/**
 * The target of an action: the pod's address unless a host is named; a named port is looked up in the
 * container's ports. Source: pkg/probe/util.go ResolveContainerPort. @throws ActionFault
 */
export function targetOf(scope: ActionScope, port: number | string, host: string | undefined): ProbeTarget {
  const { pod, hostIP, runtime, uid } = scope
  const podIP = pod.spec.hostNetwork === true ? hostIP : (runtime.pod(uid)?.ip ?? '')
  const number = portNumber(scope.container, port)
  if (host === undefined || host === '' || host === podIP) return { host: podIP, port: number, isPod: true }
  const isOwn = pod.spec.hostNetwork === true && (host === 'localhost' || host === '127.0.0.1')
  return { host, port: number, isPod: isOwn }
}

function portNumber({ ports = [] }: Container, port: number | string): number {
  if (typeof port === 'number') {
    if (port > 0 && port < 65_536) return port
    throw new ActionFault(`invalid port number: ${port}`)
  }
  const named = ports.find(({ name }) => name === port)
  if (named) return named.containerPort
  if (!/^[+-]?\d+$/.test(port)) throw new ActionFault(`strconv.Atoi: parsing ${quote(port)}: invalid syntax`)
  return portNumber({} as Container, Number(port))
}

/** Connects to a target. Only a machine's own pods listen on its loopback address. */
export function connect(
  { runtime, uid, pod, hostIP }: ActionScope,
  { host, port, isPod }: ProbeTarget,
  request: NetworkRequest,
): Connected {
  if (isPod) return runtime.request(uid, port, request)
  const address = host === 'localhost' || host === '127.0.0.1' ? hostIP : host
  return runtime.connect(pod, runtime.pod(uid)?.ip ?? hostIP, address, port, request)
}

/** The error of Go's dialer for a failed connection; undefined for a successful one. */
export function dialError(connected: Connected, target: ProbeTarget): string | undefined {
  const where = `dial tcp ${joinHostPort(target.host, target.port)}:`
  switch (connected.kind) {
    case 'refused':
      return `${where} connect: connection refused`
    case 'unreachable':
      return `${where} connect: no route to host`
    case 'timeout':
      return `${where} i/o timeout`
    default:
      return undefined
  }
}
