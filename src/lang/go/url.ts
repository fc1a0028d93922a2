import { quote } from './quote.js'

/** A URL as Go's net/url parses it; parts that are absent are empty. */
export interface GoUrl {
  readonly scheme: string
  /** Host and port. */
  readonly host: string
  /** The path, decoded. */
  readonly path: string
  readonly escapedPath: string
  /** The query, without its question mark. */
  readonly rawQuery: string
  /** The URL in its canonical text. */
  readonly text: string
}

/** A URL that does not parse, with Go's text: `parse "x": invalid URI for request`. */
export class GoUrlError extends Error {}

/** Why a part of a URL is wrong. */
class PartFault extends Error {}

/**
 * Parses an absolute URL or an absolute path. Throws GoUrlError. Source: Go 1.24 net/url ParseRequestURI, and
 * Parse for the fragment.
 */
export function parseRequestUri(text: string): GoUrl {
  return parsed(text, () => {
    parse(text, true)
    return withFragment(text)
  })
}

/** Parses a URL, absolute or relative. Throws GoUrlError. Source: Go 1.24 net/url Parse. */
export const parseUrl = (text: string): GoUrl => parsed(text, () => withFragment(text))

function withFragment(text: string): GoUrl {
  const hash = text.indexOf('#')
  return parse(hash < 0 ? text : text.slice(0, hash), false, hash < 0 ? undefined : text.slice(hash + 1))
}

function parsed(text: string, work: () => GoUrl): GoUrl {
  try {
    return work()
  } catch (error) {
    if (error instanceof PartFault) throw new GoUrlError(`parse ${quote(text)}: ${error.message}`)
    throw error
  }
}

function parse(text: string, isRequest: boolean, fragment?: string): GoUrl {
  for (const char of text)
    if (char < ' ' || char === '\u007F') throw new PartFault('net/url: invalid control character in URL')
  if (text === '' && isRequest) throw new PartFault('empty url')
  if (text === '*') return { scheme: '', host: '', path: '*', escapedPath: '*', rawQuery: '', text }
  const { scheme, rest: behind } = splitScheme(text)
  const question = behind.indexOf('?')
  const rawQuery = question < 0 ? '' : behind.slice(question + 1)
  let rest = question < 0 ? behind : behind.slice(0, question)
  if (!rest.startsWith('/')) {
    if (scheme !== '') return opaque(scheme, rest, rawQuery)
    if (isRequest) throw new PartFault('invalid URI for request')
    if ((rest.split('/')[0] ?? '').includes(':'))
      throw new PartFault('first path segment in URL cannot contain colon')
  }
  let host = ''
  let authority = ''
  if ((scheme !== '' || (!isRequest && !rest.startsWith('///'))) && rest.startsWith('//')) {
    const slash = rest.indexOf('/', 2)
    authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash)
    rest = slash < 0 ? '' : rest.slice(slash)
    host = hostOf(authority)
  }
  const path = unescape(rest, 'path')
  if (fragment !== undefined) unescape(fragment, 'fragment')
  const escapedPath = isValidEncoding(rest) ? rest : escapePath(path)
  const query = question < 0 ? '' : `?${rawQuery}`
  const front = authority === '' && host === '' ? '' : `//${authority}`
  const head = `${scheme === '' ? '' : `${scheme}:`}${front}`
  const tail = fragment === undefined || fragment === '' ? '' : `#${fragment}`
  return { scheme, host, path, escapedPath, rawQuery, text: `${head}${escapedPath}${query}${tail}` }
}

function opaque(scheme: string, rest: string, rawQuery: string): GoUrl {
  const query = rawQuery === '' ? '' : `?${rawQuery}`
  return { scheme, host: '', path: '', escapedPath: '', rawQuery, text: `${scheme}:${rest}${query}` }
}

/** Source: getScheme. */
function splitScheme(text: string): { readonly scheme: string; readonly rest: string } {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*)?:/.exec(text)
  if (match === null) return { scheme: '', rest: text }
  if (match[1] === undefined) throw new PartFault('missing protocol scheme')
  return { scheme: match[1].toLowerCase(), rest: text.slice(match[0].length) }
}

function hostOf(authority: string): string {
  const at = authority.lastIndexOf('@')
  const host = authority.slice(at + 1)
  if (at >= 0) {
    const user = authority.slice(0, at)
    if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) throw new PartFault('net/url: invalid userinfo')
    unescape(user, 'user')
  }
  return unescapeHost(host)
}

/** Source: parseHost. */
function unescapeHost(host: string): string {
  if (host.startsWith('[')) {
    const end = host.lastIndexOf(']')
    if (end < 0) throw new PartFault("missing ']' in host")
    checkPort(host.slice(end + 1))
    const zone = host.slice(0, end).indexOf('%25')
    if (zone >= 0)
      return unescape(host.slice(0, zone), 'host') + unescape(host.slice(zone, end), 'zone') + host.slice(end)
  } else {
    const colon = host.lastIndexOf(':')
    if (colon >= 0) checkPort(host.slice(colon))
  }
  return unescape(host, 'host')
}

function checkPort(text: string): void {
  if (text !== '' && !/^:\d*$/.test(text)) throw new PartFault(`invalid port ${quote(text)} after host`)
}

type Part = 'path' | 'query' | 'fragment' | 'user' | 'host' | 'zone'

const HOST_CHARACTERS = /[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"\u0080-\u{10FFFF}]/u

/** Decodes `%41`. Throws PartFault. Source: url.go unescape. */
function unescape(text: string, part: Part): string {
  if (!text.includes('%') && part !== 'host' && part !== 'zone' && !(part === 'query' && text.includes('+')))
    return text
  const bytes: number[] = []
  const encoder = new TextEncoder()
  for (let at = 0; at < text.length;) {
    const char = String.fromCodePoint(text.codePointAt(at) ?? 0)
    if (char === '%') {
      const hex = text.slice(at + 1, at + 3)
      if (!/^[0-9A-Fa-f]{2}$/.test(hex))
        throw new PartFault(`invalid URL escape ${quote(text.slice(at, at + 3))}`)
      const code = parseInt(hex, 16)
      if (part === 'host' && code < 0x80 && hex !== '25')
        throw new PartFault(`invalid URL escape ${quote(text.slice(at, at + 3))}`)
      bytes.push(code)
      at += 3
      continue
    }
    if ((part === 'host' || part === 'zone') && !HOST_CHARACTERS.test(char))
      throw new PartFault(`invalid character ${quote(char)} in host name`)
    bytes.push(...encoder.encode(part === 'query' && char === '+' ? ' ' : char))
    at += char.length
  }
  return new TextDecoder().decode(Uint8Array.from(bytes))
}

const isValidEncoding = (path: string): boolean => /^[A-Za-z0-9\-_.~!$&'()*+,;=:@[\]%/]*$/.test(path)

const escapePath = (path: string): string =>
  Array.from(new TextEncoder().encode(path), (byte) => {
    const char = String.fromCharCode(byte)
    return /[A-Za-z0-9\-_.~$&+,/:;=@]/.test(char)
      ? char
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')

/** Returns the parameters of a query; pairs that do not decode are left out. Source: url.go parseQuery. */
export function parseQuery(query: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue
    const equals = pair.indexOf('=')
    try {
      const key = unescape(equals < 0 ? pair : pair.slice(0, equals), 'query')
      const value = unescape(equals < 0 ? '' : pair.slice(equals + 1), 'query')
      const values = found.get(key)
      if (values === undefined) found.set(key, [value])
      else values.push(value)
    } catch (error) {
      if (!(error instanceof PartFault)) throw error
    }
  }
  return found
}

/** Returns the host without port and brackets. */
export function hostnameOf({ host }: GoUrl): string {
  return splitHost(host).name
}

/** Returns the port, empty if there is none. */
export function portOf({ host }: GoUrl): string {
  return splitHost(host).port
}

/** Source: url.go splitHostPort. */
function splitHost(host: string): { readonly name: string; readonly port: string } {
  const colon = host.lastIndexOf(':')
  const hasPort = colon >= 0 && /^:\d*$/.test(host.slice(colon))
  const name = hasPort ? host.slice(0, colon) : host
  return {
    name: name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name,
    port: hasPort ? host.slice(colon + 1) : '',
  }
}
