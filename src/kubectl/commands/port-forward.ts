import { quote } from '../../lang/go/quote.js'
import type { Pod, Service } from '../../api/core/generated.js'
import { familyOf } from '../../lang/go/ip.js'
import { isApiError } from '../../client/api-error.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import type { ForwardedPort } from '../call/environment.js'
import { KubectlError, usageError } from '../call/errors.js'
import { logError } from '../call/klog.js'
import { checkPodRunningTimeout, objectNamed, podsOf } from './pod-target.js'

/** First local port that is assigned automatically. */
const FIRST_FREE = 32_768

/**
 * `kubectl port-forward TYPE/NAME [LOCAL:]REMOTE ...`; passes the ports to the call's `forwarded`. Source:
 * kubectl pkg/cmd/portforward.
 */
export const portForward: KubectlCommand = {
  name: 'port-forward',
  run(call) {
    const { args, out, client } = call
    if (args.length < 2)
      throw usageError('port-forward', 'TYPE/NAME and list of ports are required for port-forward')
    checkPodRunningTimeout(call)
    const [target = '', ...texts] = args
    const { kind, object } = objectNamed(call, target)
    const [pod] = podsOf(call, kind, object, 'attach to') as readonly (Pod | undefined)[]
    if (pod === undefined) throw new KubectlError('timed out waiting for the condition')
    const { phase = '' } = pod.status
    const pairs = texts.map((text) =>
      portsOf(text, pod, kind === 'Service' ? (object as Service) : undefined),
    )
    if (phase !== 'Running')
      throw new KubectlError(`unable to forward port because pod is not running. Current status=${phase}`)
    const addresses = addressesOf(call)
    const key = { namespace: pod.metadata.namespace ?? call.namespace, name: pod.metadata.name ?? '' }
    for (const { remote } of pairs) upgraded(() => client.portForward(key, remote).stop(), remote)
    const ports = pairs.map(({ local, remote }, at): ForwardedPort => {
      const own = local === 0 ? FIRST_FREE + at : local
      return {
        local: own,
        remote,
        connect: () => handled(call, { local: own, remote }, () => client.portForward(key, remote)),
      }
    })
    for (const { local, remote } of ports)
      for (const address of addresses) out.line(`Forwarding from ${address}:${local} -> ${remote}`)
    useOf(call, ports)
  },
}

/** The addresses of `--address`, as they are printed. Source: client-go tools/portforward parseAddresses. */
function addressesOf({ flags }: CommandLine): readonly string[] {
  const given = flags.strings('address')
  if (given.length === 0) throw new KubectlError('you must specify at least 1 address')
  return given.flatMap((address) => {
    if (address === 'localhost') return ['127.0.0.1', '[::1]']
    const family = familyOf(address)
    if (family === undefined) throw new KubectlError(`${address} is not a valid IP`)
    return [family === 'IPv6' ? `[${address}]` : address]
  })
}

/**
 * Opens the connection to the node before the first use of the port, whether or not something listens there.
 */
function upgraded(open: () => void, remote: number): void {
  try {
    open()
  } catch (error) {
    if (
      isApiError(error) &&
      error.message.includes(`failed to connect to localhost:${remote} inside namespace`)
    )
      return
    throw isApiError(error) ? new KubectlError(`error upgrading connection: ${error.message}`) : error
  }
}

/** Reports each connection and its failure. */
function handled<T>(call: CommandLine, { local, remote }: Pair, open: () => T): T {
  call.out.line(`Handling connection for ${local}`)
  try {
    return open()
  } catch (error) {
    if (isApiError(error))
      logError(
        call,
        'portforward.go:424',
        '"Unhandled Error" ' +
          `err=${JSON.stringify(`an error occurred forwarding ${local} -> ${remote}: ${error.message}`)}`,
      )
    throw error
  }
}

/** Lets the call use the ports; a failed connection ends the command. Throws KubectlError. */
function useOf({ options }: CommandLine, ports: readonly ForwardedPort[]): void {
  let lost = false
  const watched = ports.map((port): ForwardedPort => ({
    ...port,
    connect: () => {
      try {
        return port.connect()
      } catch (error) {
        lost = isApiError(error)
        throw error
      }
    },
  }))
  try {
    options.forwarded?.(watched)
  } catch (error) {
    if (!lost) throw error
  }
  if (lost) throw new KubectlError('lost connection to pod')
}

interface Pair {
  /** 0 for any free port. */
  readonly local: number
  readonly remote: number
}

/**
 * Parses `80`, `8080:80`, `:80`, `8080:http`. Source: client-go tools/portforward parsePorts,
 * translateServicePortToTargetPort.
 */
function portsOf(text: string, pod: Pod, service: Service | undefined): Pair {
  const parts = text.split(':')
  const named = (parts.length === 2 ? parts[1] : parts[0]) as string
  if (parts.length !== 2 && isNumber(named)) portNumber(named, 'local')
  const remote = service === undefined ? podPort(pod, named) : servicePort(service, pod, named)
  const same =
    parts.length !== 2
      ? service === undefined
        ? remote
        : isNumber(named)
          ? Number(named)
          : remote
      : undefined
  const local = same ?? (parts[0] === '' ? 0 : portNumber(parts[0] as string, 'local'))
  if (remote === 0) throw new KubectlError('remote port must be > 0')
  return { local, remote }
}

const isNumber = (text: string): boolean => /^\d+$/.test(text)

function portNumber(text: string, which: string): number {
  if (!isNumber(text))
    throw new KubectlError(
      `error parsing ${which} port '${text}': strconv.ParseUint: parsing ${quote(text)}: invalid syntax`,
    )
  if (Number(text) > 65_535)
    throw new KubectlError(
      `error parsing ${which} port '${text}': strconv.ParseUint: parsing ${quote(text)}: ` +
        'value out of range',
    )
  return Number(text)
}

function podPort(pod: Pod, text: string): number {
  if (isNumber(text)) return portNumber(text, 'remote')
  const found = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]
    .flatMap(({ ports = [] }) => ports)
    .find(({ name }) => name === text)
  if (found === undefined)
    throw new KubectlError(`Pod '${pod.metadata.name ?? ''}' does not have a named port '${text}'`)
  return found.containerPort
}

function servicePort({ metadata, spec }: Service, pod: Pod, text: string): number {
  const found = (spec.ports ?? []).find(({ port, name }) =>
    isNumber(text) ? port === Number(text) : name === text,
  )
  if (found === undefined) {
    throw new KubectlError(
      isNumber(text)
        ? `Service ${metadata.name ?? ''} does not have a service port ${text}`
        : `Service '${metadata.name ?? ''}' does not have a named port '${text}'`,
    )
  }
  if (spec.clusterIP === 'None' && isNumber(text)) return Number(text)
  const { targetPort = found.port } = found
  return typeof targetPort === 'number'
    ? targetPort === 0
      ? found.port
      : targetPort
    : podPort(pod, targetPort)
}
