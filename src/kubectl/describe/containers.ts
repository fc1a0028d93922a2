import { firstNamed } from '../../lang/bounds/named.js'
import type {
  Container,
  ContainerState,
  ContainerStatus,
  EnvFromSource,
  EnvVar,
  Pod,
  Probe,
  ResourceFieldSelector,
  ResourceRequirements,
} from '../../api/core/generated.js'
import { parseQuantity } from '../../api/quantity.js'
import type { DescriptionWriter } from './writer.js'
import { longTime } from './writer.js'
import { byKey } from '../../lang/text/order.js'

/** Options for describing containers. */
export interface ContainersOptions {
  /** The pod of the containers, whose fields their environment may refer to. */
  readonly pod?: Pod
  readonly statuses?: readonly ContainerStatus[] | undefined
  /** Prefix of the title; the names of the containers are then indented by one more blank. */
  readonly indent?: string
}

/** Describes the containers of a pod under a title. Source: kubectl pkg/describe describeContainers. */
export function writeContainers(
  out: DescriptionWriter,
  title: string,
  containers: readonly Container[],
  { pod, statuses, indent = '' }: ContainersOptions,
): void {
  out.line(0, `${indent}${title}:${containers.length === 0 ? ' <none>' : ''}`)
  for (const container of containers) {
    const status = firstNamed(statuses, container.name)
    writeBasics(out, container, status, indent === '' ? '' : ' ')
    for (const [name, words] of [
      ['Command', container.command],
      ['Args', container.args],
    ] as const)
      writeWords(out, name, words)
    if (status !== undefined) writeState(out, status)
    writeResources(out, 2, container.resources)
    for (const [name, probe] of [
      ['Liveness', container.livenessProbe],
      ['Readiness', container.readinessProbe],
      ['Startup', container.startupProbe],
    ] as const)
      if (probe !== undefined) out.line(2, `${name}:\t${probeText(probe)}`)
    if ((container.envFrom ?? []).length > 0) writeEnvFrom(out, container.envFrom ?? [])
    writeEnv(out, pod, container)
    writeMounts(out, container)
  }
}

function writeBasics(
  out: DescriptionWriter,
  { name, image = '', ports = [], securityContext }: Container,
  status: ContainerStatus | undefined,
  indent: string,
): void {
  out.line(1, `${indent}${name}:`)
  if (status !== undefined) out.line(2, `Container ID:\t${status.containerID ?? ''}`)
  out.line(2, `Image:\t${image}`)
  if (status !== undefined) out.line(2, `Image ID:\t${status.imageID}`)
  const named = (port: number, protocol: string, portName: string | undefined): string =>
    `${port}/${protocol}${portName === undefined ? '' : ` (${portName})`}`
  for (const [title, list] of [
    ['Port', ports.map(({ containerPort, protocol = '', name: of }) => named(containerPort, protocol, of))],
    ['Host Port', ports.map(({ hostPort = 0, protocol = '', name: of }) => named(hostPort, protocol, of))],
  ] as const)
    out.line(2, `${title}${list.length > 1 ? 's' : ''}:\t${list.length === 0 ? '<none>' : list.join(', ')}`)
  const seccomp = securityContext?.seccompProfile
  if (seccomp === undefined) return
  out.line(2, `SeccompProfile:\t${seccomp.type}`)
  if (seccomp.type === 'Localhost') out.line(3, `LocalhostProfile:\t${seccomp.localhostProfile ?? ''}`)
}

function writeWords(out: DescriptionWriter, title: string, words: readonly string[] = []): void {
  if (words.length > 0) out.line(2, `${title}:`)
  for (const line of words.flatMap((word) => word.split('\n'))) out.line(3, line)
}

function writeState(
  out: DescriptionWriter,
  { state, lastState, ready, restartCount }: ContainerStatus,
): void {
  writeOneState(out, 'State', state)
  if (lastState.terminated !== undefined) writeOneState(out, 'Last State', lastState)
  out.line(2, `Ready:\t${ready ? 'True' : 'False'}`)
  out.line(2, `Restart Count:\t${restartCount}`)
}

function writeOneState(
  out: DescriptionWriter,
  title: string,
  { running, waiting, terminated }: ContainerState,
): void {
  if (running !== undefined) {
    out.line(2, `${title}:\tRunning`)
    out.line(3, `Started:\t${longTime(running.startedAt)}`)
  } else if (terminated !== undefined && waiting === undefined) {
    const { reason = '', message = '', exitCode, signal = 0, startedAt, finishedAt } = terminated
    out.line(2, `${title}:\tTerminated`)
    if (reason !== '') out.line(3, `Reason:\t${reason}`)
    if (message !== '') out.line(3, `Message:\t${message}`)
    out.line(3, `Exit Code:\t${exitCode}`)
    if (signal > 0) out.line(3, `Signal:\t${signal}`)
    out.line(3, `Started:\t${longTime(startedAt)}`)
    out.line(3, `Finished:\t${longTime(finishedAt)}`)
  } else {
    out.line(2, `${title}:\tWaiting`)
    if ((waiting?.reason ?? '') !== '') out.line(3, `Reason:\t${waiting?.reason}`)
  }
}

/** Writes limits and requests. */
export function writeResources(
  out: DescriptionWriter,
  level: number,
  { limits, requests }: ResourceRequirements,
): void {
  for (const [title, list] of [
    ['Limits', limits],
    ['Requests', requests],
  ] as const) {
    const entries = Object.entries(list ?? {}).sort(byKey)
    if (entries.length > 0) out.line(level, `${title}:`)
    for (const [name, quantity] of entries) out.line(level + 1, `${name}:\t${quantity}`)
  }
}

function probeText(probe: Probe): string {
  const {
    initialDelaySeconds = 0,
    timeoutSeconds = 0,
    periodSeconds = 0,
    successThreshold = 0,
    failureThreshold = 0,
  } = probe
  const numbers =
    `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s` +
    ` #success=${successThreshold} #failure=${failureThreshold}`
  const { exec, httpGet, tcpSocket, grpc } = probe
  if (exec !== undefined) return `exec [${(exec.command ?? []).join(' ')}] ${numbers}`
  if (httpGet !== undefined) {
    const { scheme = 'HTTP', host = '', port, path = '' } = httpGet
    return `http-get ${scheme.toLowerCase()}://${host}:${port}${path} ${numbers}`
  }
  if (tcpSocket !== undefined) return `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port} ${numbers}`
  return grpc === undefined
    ? `unknown ${numbers}`
    : `grpc <pod>:${grpc.port} ${grpc.service ?? ''} ${numbers}`
}

function writeEnvFrom(out: DescriptionWriter, sources: readonly EnvFromSource[]): void {
  out.line(2, 'Environment Variables from:')
  for (const { configMapRef, secretRef, prefix = '' } of sources) {
    const { name = '', optional = false } = configMapRef ?? secretRef ?? {}
    const from = configMapRef === undefined ? 'Secret' : 'ConfigMap'
    out.line(3, `${name}\t${from}${prefix === '' ? '' : ` with prefix '${prefix}'`}\tOptional: ${optional}`)
  }
}

function writeEnv(out: DescriptionWriter, pod: Pod | undefined, container: Container): void {
  const { env: variables = [] } = container
  out.line(2, `Environment:${variables.length === 0 ? '\t<none>' : ''}`)
  for (const variable of variables) {
    const [first = '', ...rest] =
      variable.valueFrom === undefined
        ? (variable.value ?? '').split('\n')
        : [sourceText(pod, container, variable)]
    out.line(3, `${variable.name}:\t${first}`)
    for (const line of rest) out.line(3, `\t${line}`)
  }
}

function sourceText(pod: Pod | undefined, container: Container, { valueFrom }: EnvVar): string {
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = valueFrom ?? {}
  if (fieldRef !== undefined)
    return (
      `${pod === undefined ? '' : podField(pod, fieldRef.fieldPath)} ` +
      `(${fieldRef.apiVersion ?? 'v1'}:${fieldRef.fieldPath})`
    )
  if (resourceFieldRef !== undefined)
    return `${containerResource(container, resourceFieldRef)} (${resourceFieldRef.resource})`
  if (secretKeyRef !== undefined) {
    const { key, name = '', optional = false } = secretKeyRef
    return `<set to the key '${key}' in secret '${name}'>\tOptional: ${optional}`
  }
  if (configMapKeyRef === undefined) return ''
  const { key, name = '', optional = false } = configMapKeyRef
  return `<set to the key '${key}' of config map '${name}'>\tOptional: ${optional}`
}

/**
 * Value of a pod's field as an environment variable: kubectl knows no more than the selectable fields of all
 * kinds. Source: kubectl pkg/describe EnvValueRetriever; apimachinery DefaultMetaV1FieldSelectorConversion.
 */
function podField({ metadata }: Pod, path: string): string {
  if (path === 'metadata.name') return metadata.name ?? ''
  return path === 'metadata.namespace' ? (metadata.namespace ?? '') : ''
}

/**
 * Amount of a resource in units of the divisor. Source: kubectl pkg/util/resource
 * ExtractContainerResourceValue.
 */
function containerResource(
  { resources }: Container,
  { resource, divisor = '0' }: ResourceFieldSelector,
): string {
  const [, which = '', name = ''] = /^(limits|requests)\.(.+)$/.exec(resource) ?? []
  const quantity = (which === 'limits' ? resources.limits : resources.requests)?.[name] ?? '0'
  const unit = parseQuantity(divisor).nanos
  const value = ceilDivide(parseQuantity(quantity).nanos, unit === 0n ? 1_000_000_000n : unit)
  return value === 0n && which === 'limits' && (name === 'cpu' || name === 'memory')
    ? 'node allocatable'
    : String(value)
}

const ceilDivide = (a: bigint, b: bigint): bigint => (a + b - 1n) / b

function writeMounts(out: DescriptionWriter, { volumeMounts = [], volumeDevices = [] }: Container): void {
  out.line(2, `Mounts:${volumeMounts.length === 0 ? '\t<none>' : ''}`)
  for (const { mountPath, name, readOnly = false, subPath = '' } of volumeMounts.toSorted((a, b) =>
    a.mountPath < b.mountPath ? -1 : 1,
  )) {
    out.line(
      3,
      `${mountPath} from ${name} ` +
        `(${readOnly ? 'ro' : 'rw'}${subPath === '' ? '' : `,path=${JSON.stringify(subPath)}`})`,
    )
  }
  if (volumeDevices.length === 0) return
  out.line(2, `Devices:${volumeMounts.length === 0 ? '\t<none>' : ''}`)
  for (const { devicePath, name } of volumeDevices.toSorted((a, b) =>
    a.devicePath < b.devicePath ? -1 : 1,
  )) {
    out.line(3, `${devicePath} from ${name}`)
  }
}
