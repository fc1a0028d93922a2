import { ConnectionError } from '../../client/api-error.js'
import type { HttpAnswer } from '../../client/http.js'
import type { Scheme } from '../../api/scheme.js'
import { goDuration } from '../../lang/go/duration.js'
import type { CommandLine } from '../call/call.js'
import type { ServerConnection, KubectlAnswer, KubectlRequest } from '../call/environment.js'
import { KubectlError, SilentExit } from '../call/errors.js'
import { INTERRUPTED } from '../call/interruption.js'
import { discoveryTimeout, requestTimeout } from '../call/request-failure.js'
import { Addresses } from './address.js'
import { bodyText } from '../../client/response.js'
import { certificateFault } from './verify-server.js'
import { Exchange } from './exchange.js'
import type { Front } from './exchange.js'
import { RestClient } from './rest-client.js'

const ITSELF = /^\/(api|apis|openapi|version)(\/|\?|$)/
/** Paths of resources. */
const RESOURCES = /^\/(api\/[^/?]+|apis\/[^/?]+\/[^/?]+)\/./

/** Commands whose clients use Go types. All others send and read objects unchanged. */
const TYPED = new RegExp(
  '^(create (?!$).*|auth can-i|auth whoami|certificate .*|autoscale|top .*|' +
    'describe|logs|rollout (history|undo)|run)$',
)

/**
 * Returns the connection of a call through what stands before its server. Throws KubectlError if the
 * environment cannot send requests as HTTP.
 */
export function connectThroughFront(
  call: CommandLine,
  connection: ServerConnection,
  { front, scheme }: { readonly front: Front; readonly scheme: Scheme },
): ServerConnection {
  if (connection.send === undefined)
    throw new KubectlError(
      'nothing can stand before the server: this kubectl was made without a way to send requests as HTTP',
    )
  const { env, options, out, flags, command } = call
  const exchange = new Exchange({
    front,
    send: (request) => (connection.send as NonNullable<ServerConnection['send']>)(request),
    refusal: tlsFailure(call, front),
    timeout: requestTimeout(flags),
    wait: (ms) => env.wait(ms),
    hang: () => {
      if (options.interruptAfter === undefined)
        throw new KubectlError(
          'the server does not answer, and kubectl would wait for ever: say --request-timeout, or ' +
            'when it is interrupted (interruptAfter)',
        )
      env.wait(options.interruptAfter)
      throw new SilentExit(INTERRUPTED)
    },
    onWarning: (text) => out.warn(text),
  })
  const client = new RestClient({
    exchange,
    addresses: new Addresses(scheme),
    now: () => env.clock.now(),
    user: connection.client.user,
    isTyped: TYPED.test(command) && !flags.has('filename'),
  })
  return {
    client,
    isFronted: true,
    isForeign: connection.isForeign === true,
    refusal: undefined,
    send: (request) => exchange.send(request),
    request: (request) => byPath(call, exchange, request),
  }
}

function byPath(
  call: CommandLine,
  exchange: Exchange,
  { method, path, headers = {}, body }: KubectlRequest,
): KubectlAnswer {
  const [bare = '', query = ''] = path.split(/\?(.*)/s)
  const request = {
    method,
    path: bare,
    query,
    headers: { accept: 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  }
  if (!ITSELF.test(path) || RESOURCES.test(path)) return whole(exchange.send(request))
  const timeout = discoveryTimeout(call)
  const limited = `${query === '' ? '' : `${query}&`}timeout=${goDuration(timeout)}`
  return whole(exchange.send({ ...request, query: limited }, timeout))
}

/** Reads the available body of a response. */
function whole(answer: HttpAnswer): KubectlAnswer {
  if ('body' in answer) return { code: answer.code, headers: answer.headers, body: bodyText(answer) }
  if ('stream' in answer) {
    if (answer.stream.kind === 'log') answer.stream.session.stop()
    return { code: answer.code, headers: answer.headers, body: '' }
  }
  const lines = answer.next()
  answer.stop()
  return { code: answer.code, headers: answer.headers, body: lines.map((line) => `${line}\n`).join('') }
}

/** Returns why no TLS connection can be made. */
function tlsFailure(
  { kubeconfig, env }: CommandLine,
  { certificate, speaksTls = true }: Front,
): ConnectionError | undefined {
  const { server } = kubeconfig
  if (!server.startsWith('https:')) return undefined
  if (!speaksTls) return new ConnectionError('http: server gave HTTP response to HTTPS client')
  const { authorities, isInsecure, serverName } = kubeconfig.trust
  if (certificate === undefined || isInsecure) return undefined
  const host =
    serverName ||
    (/^\w+:\/\/(?:\[([^\]]*)\]|([^/:]+))/
      .exec(server)
      ?.slice(1)
      .find((part) => part !== undefined) ??
      '')
  const fault = certificateFault(certificate, { authorities, host, now: env.clock.now() })
  return fault === undefined ? undefined : new ConnectionError(fault)
}
