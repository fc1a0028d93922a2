import { addressesOf, parseUrl } from '../../kubelet/index.js'
import { serverFault } from '../../pki/verify.js'
import type { Certificate } from '../../pki/certificate.js'
import type { SubcommandCall } from './subcommand.js'
import { joinHostPort } from '../../lang/go/host-port.js'

/** The response to a GET, or the error of Go's http.Get. */
export type Got =
  | { readonly status: number; readonly body: string }
  | { readonly status?: undefined; readonly error: string }

/** What a client trusts and shows, over HTTPS. */
export interface ClientTls {
  readonly roots: readonly Certificate[]
  /** PEM of its certificates. */
  readonly certificate: string
}

const WHY: Readonly<Record<string, string>> = {
  refused: 'connect: connection refused',
  timeout: 'i/o timeout',
  unreachable: 'connect: no route to host',
}

/** Why a connection was not made, in Go's words. */
export const dialFault = (kind: string): string => WHY[kind] ?? kind

/** Sends a GET as Go's http.Get does. Redirects are returned. Without `tls`, no server is trusted. */
export function getUrl({ world }: SubcommandCall, text: string, tls?: ClientTls): Got {
  const failed = (why: string): Got => ({ error: `Get "${text}": ${why}` })
  const url = parseUrl(text)
  if (url === undefined) return failed('http: no Host in request URL')
  const [address] = addressesOf(url.host, (name) => world.network.lookup(name)) ?? []
  const { dnsServer } = world.network
  if (address === undefined) return failed(`dial tcp: lookup ${url.host} on ${dnsServer}:53: no such host`)
  const host = joinHostPort(address, url.port)
  const connected = world.network.connect(address, url.port, {
    protocol: 'http',
    method: 'GET',
    path: url.path,
    host: /^(?:https?:\/\/)?([^/?#]*)/.exec(text)?.[1] ?? url.host,
    secure: url.secure,
    headers: { 'user-agent': 'Go-http-client/1.1', 'accept-encoding': 'gzip' },
    ...(tls === undefined ? {} : { clientCertificate: tls.certificate }),
  })
  if (connected.kind === 'reset') return failed('EOF')
  if (connected.kind !== 'responded') return failed(`dial tcp ${host}: ${dialFault(connected.kind)}`)
  const { status = 200, body, certificate } = connected.response
  if (url.secure && certificate === undefined)
    return failed('http: server gave HTTP response to HTTPS client')
  const fault = url.secure ? serverFault(certificate ?? '', url.host, tls?.roots ?? [], world.now) : undefined
  if (fault !== undefined) return failed(`tls: failed to verify certificate: ${fault}`)
  return { status, body }
}
