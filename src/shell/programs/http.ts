/** The parts of `http://host:port/path` that a request needs. */
export interface Url {
  readonly secure: boolean
  readonly host: string
  readonly port: number
  readonly path: string
}

/** Parses a URL; without a scheme it is http. Undefined if it is invalid. */
export function parseUrl(text: string): Url | undefined {
  const found =
    /^(?:(https?):\/\/)?(?:[^@/]*@)?(\[[\da-fA-F:]+\]|[^:/?#\s]+)(?::(\d{1,5}))?([/?#]\S*)?$/.exec(text)
  if (found === null) return undefined
  const [, scheme = 'http', host = '', port, path = '/'] = found
  const secure = scheme === 'https'
  const bare = host.replace(/^\[|\]$/g, '')
  return {
    secure,
    host: bare,
    port: port === undefined ? (secure ? 443 : 80) : Number(port),
    path: path.startsWith('/') ? path : `/${path}`,
  }
}

/** Whether it is an IPv4 or IPv6 address. */
function isAddress(host: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) || host.includes(':')
}

/** Resolves a host, which may be an address itself; undefined if there is no such name. */
export function addressesOf(
  host: string,
  lookup: (name: string) => { readonly addresses: readonly string[] } | undefined,
): readonly string[] | undefined {
  if (isAddress(host)) return [host]
  return host === 'localhost' ? ['127.0.0.1'] : lookup(host)?.addresses
}

const TEXTS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** The reason phrase of an HTTP status. */
export function statusText(status: number): string {
  return TEXTS[status] ?? ''
}
