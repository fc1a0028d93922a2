import { quote } from '../../lang/go/quote.js'
import { timeMs } from '../../lang/go/time.js'
import { badRequest, internalError, methodNotAllowed, untypedError, invalid } from '../errors.js'
import type { ExecRequest, ContainerStream } from '../../client/node-agent.js'
import type { RegistryRequest, RegistryContext } from '../registry/context.js'
import type {
  PodExecOptions,
  PodLogOptions,
  PodPortForwardOptions,
  LogWish,
  PodStream,
  StreamOptions,
} from '../../client/pod-stream.js'
import { admitConnect } from './admit-connect.js'
import { type KubeletLocation, containerOf, kubeletOf, podOf } from './pod-target.js'
import { type FieldError, forbidden, invalid as invalidField } from '../../api/field-error.js'
import { boolean } from '../http/query.js'

/** Options of a stream: the query of a request, or those of a client in this process. */
export type ConnectRequestOptions = URLSearchParams | StreamOptions[keyof StreamOptions]

/**
 * Opens the stream of a request for `pods/log`, `exec`, `attach` or `portforward`: the apiserver's part of
 * it. Source: kubernetes pkg/registry/core/pod/rest.
 * @throws ApiError if the request is refused before streaming starts.
 */
export function connectPod(
  context: RegistryContext,
  call: RegistryRequest,
  options: ConnectRequestOptions,
): PodStream {
  const query = options instanceof URLSearchParams ? options : undefined
  switch (call.subresource) {
    case 'log':
      return openLog(
        context,
        call,
        query === undefined ? (options as PodLogOptions) : logOptionsOf(query),
        query,
      )
    case 'exec':
    case 'attach': {
      const wanted = query === undefined ? (options as PodExecOptions) : execOptionsOf(query)
      admitConnect(context, call, wanted)
      return openExec(context, call, call.subresource, wanted)
    }
    case 'portforward': {
      const wanted = query === undefined ? (options as PodPortForwardOptions) : portForwardOptionsOf(query)
      admitConnect(context, call, wanted)
      return openPorts(context, call, wanted)
    }
    default:
      throw methodNotAllowed()
  }
}

/** The query that asks for a stream, in the order in which Go encodes it. */
export function queryOf(options: ConnectRequestOptions): string {
  if (options instanceof URLSearchParams) return options.toString()
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(options as Readonly<Record<string, unknown>>))
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== undefined && each !== false) query.append(key, String(each))
  query.sort()
  return query.toString()
}

function openLog(
  context: RegistryContext,
  call: RegistryRequest,
  options: PodLogOptions,
  query: URLSearchParams | undefined,
): PodStream {
  validateLogOptions(options, call.name, query)
  const pod = podOf(context, call)
  const container = containerOf(pod, options.container)
  const { follow = false } = options
  // an unscheduled pod has an empty log
  if (pod.spec.nodeName === undefined) return { kind: 'log', session: ended, follow }
  const { agent, host, dialError } = kubeletOf(context, pod.spec.nodeName)
  if (agent === undefined) {
    const path = `/containerLogs/${call.namespace ?? ''}/${call.name}/${container}${logQuery(options)}`
    throw untypedError(`Get "https://${host}${path}": ${dialError}`)
  }
  return { kind: 'log', session: agent.logs({ pod, container, ...wishOf(options) }), follow }
}

function wishOf({
  container: _container,
  sinceTime,
  follow = false,
  previous = false,
  timestamps = false,
  ...rest
}: PodLogOptions): LogWish {
  return {
    ...rest,
    follow,
    previous,
    timestamps,
    ...(sinceTime === undefined ? {} : { sinceTime: timeMs(sinceTime) }),
  }
}

/** In the order of Go's url.Values.Encode. */
function logQuery({
  follow,
  limitBytes,
  previous,
  sinceSeconds,
  sinceTime,
  tailLines,
  timestamps,
}: PodLogOptions): string {
  const parts = [
    follow === true && 'follow=true',
    limitBytes !== undefined && `limitBytes=${limitBytes}`,
    previous === true && 'previous=true',
    sinceSeconds !== undefined && `sinceSeconds=${sinceSeconds}`,
    sinceTime !== undefined && `sinceTime=${encodeURIComponent(sinceTime)}`,
    tailLines !== undefined && `tailLines=${tailLines}`,
    timestamps === true && 'timestamps=true',
  ].filter((part) => part !== false)
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

function openExec(
  context: RegistryContext,
  call: RegistryRequest,
  kind: 'exec' | 'attach',
  options: PodExecOptions,
): PodStream {
  const pod = podOf(context, call)
  const container = containerOf(pod, options.container)
  const location = locate(context, call, pod.spec.nodeName)
  const { stdin = false, stdout = false, stderr = false, tty = false } = options
  const request: ExecRequest = {
    pod,
    container,
    command: kind === 'exec' ? (options.command ?? []) : undefined,
    stdin,
    stdout,
    stderr,
    tty,
  }
  return {
    kind,
    options,
    open: () => {
      // the kubelet's own check (streaming NewOptions)
      if (!stdin && !stdout && !stderr)
        throw internalError(
          'unable to upgrade connection: you must specify at least 1 of stdin, stdout, stderr',
        )
      return dial(
        location,
        `/${kind}/${call.namespace ?? ''}/${call.name}/${container}`,
        execQuery(request),
        (agent) => agent[kind](request),
      )
    },
  }
}

function execQuery({ command = [], stdin, stdout, stderr, tty }: ExecRequest): string {
  const parts = [
    ...command.map((word) => `command=${encodeURIComponent(word).replaceAll('%20', '+')}`),
    stderr && 'error=1',
    stdin && 'input=1',
    stdout && 'output=1',
    tty && 'tty=1',
  ].filter((part) => part !== false)
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

function openPorts(
  context: RegistryContext,
  call: RegistryRequest,
  { ports = [] }: PodPortForwardOptions,
): PodStream {
  const pod = podOf(context, call)
  const location = locate(context, call, pod.spec.nodeName)
  return {
    kind: 'portforward',
    ports,
    open: (port) =>
      dial(location, `/portForward/${call.namespace ?? ''}/${call.name}`, '', (agent) =>
        agent.portForward(pod, port),
      ),
  }
}

/** @throws ApiError 400 for a pod without a node. */
function locate(
  context: RegistryContext,
  { name }: RegistryRequest,
  node: string | undefined,
): KubeletLocation {
  if (node === undefined) throw badRequest(`pod ${name} does not have a host assigned`)
  return kubeletOf(context, node)
}

type Agent = NonNullable<KubeletLocation['agent']>

function dial(
  { agent, host, dialError }: KubeletLocation,
  path: string,
  query: string,
  open: (agent: Agent) => ContainerStream,
): ContainerStream {
  if (agent === undefined)
    throw internalError(`error sending request: Post "https://${host}${path}${query}": ${dialError}`)
  return open(agent)
}

/** Returns a session that has ended without output. */
const ended: ContainerStream = Object.freeze({
  write: () => undefined,
  closeInput: () => undefined,
  resize: () => undefined,
  read: () => [],
  end: { exitCode: 0 },
  onReady: (listener: () => void) => listener(),
  stop: () => undefined,
})

const flag = <K extends string>(query: URLSearchParams, name: K): { readonly [P in K]?: boolean } =>
  query.has(name) ? ({ [name]: boolean(query.get(name) ?? '') } as { readonly [P in K]?: boolean }) : {}

const text = <K extends string>(query: URLSearchParams, name: K): { readonly [P in K]?: string } =>
  query.get(name) ? ({ [name]: query.get(name) } as { readonly [P in K]?: string }) : {}

function integer<K extends string>(query: URLSearchParams, name: K): { readonly [P in K]?: number } {
  const value = query.get(name)
  return value === null || value === ''
    ? {}
    : ({ [name]: parseInteger(value) } as { readonly [P in K]?: number })
}

function parseInteger(value: string): number {
  if (!/^[+-]?\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing ${quote(value)}: invalid syntax`)
  const number = Number(value)
  if (Math.abs(number) > 2 ** 63)
    throw badRequest(`strconv.ParseInt: parsing ${quote(value)}: value out of range`)
  return number
}

/** @throws ApiError 400 for invalid numbers and times. */
function logOptionsOf(query: URLSearchParams): PodLogOptions {
  const options = {
    ...text(query, 'container'),
    ...flag(query, 'follow'),
    ...flag(query, 'previous'),
    ...flag(query, 'timestamps'),
    ...integer(query, 'sinceSeconds'),
    ...text(query, 'sinceTime'),
    ...integer(query, 'tailLines'),
    ...integer(query, 'limitBytes'),
  }
  const { sinceTime } = options
  if (
    sinceTime !== undefined &&
    !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(sinceTime)
  ) {
    throw badRequest(
      `parsing time ${quote(sinceTime)} as "2006-01-02T15:04:05Z07:00": cannot parse ` +
        `${quote(sinceTime)} as "2006"`,
    )
  }
  return options
}

function execOptionsOf(query: URLSearchParams): PodExecOptions {
  const command = query.getAll('command')
  return {
    ...text(query, 'container'),
    ...flag(query, 'stdin'),
    ...flag(query, 'stdout'),
    ...flag(query, 'stderr'),
    ...flag(query, 'tty'),
    ...(command.length === 0 ? {} : { command }),
  }
}

/** @throws ApiError 400 for ports that are not numbers. */
function portForwardOptionsOf(query: URLSearchParams): PodPortForwardOptions {
  const ports = query
    .getAll('ports')
    .flatMap((value) => value.split(','))
    .filter((value) => value !== '')
  return ports.length === 0 ? {} : { ports: ports.map(parseInteger) }
}

/** @throws ApiError 422. Source: kubernetes pkg/apis/core/validation ValidatePodLogOptions. */
function validateLogOptions(options: PodLogOptions, name: string, query: URLSearchParams | undefined): void {
  const { tailLines, limitBytes, sinceSeconds, sinceTime } = options
  const errors: FieldError[] = []
  if (tailLines !== undefined && tailLines < 0)
    errors.push(invalidField('tailLines', tailLines, 'must be greater than or equal to 0'))
  if (limitBytes !== undefined && limitBytes < 1)
    errors.push(invalidField('limitBytes', limitBytes, 'must be greater than 0'))
  if (sinceSeconds !== undefined && sinceTime !== undefined) {
    errors.push(forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'))
  } else if (sinceSeconds !== undefined && sinceSeconds < 1) {
    errors.push(invalidField('sinceSeconds', sinceSeconds, 'must be greater than 0'))
  }
  // the feature that lets clients choose a stream is off by default
  if (query?.get('stream')) errors.push(forbidden('stream', 'may not be specified'))
  if (errors.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, name, errors)
}
