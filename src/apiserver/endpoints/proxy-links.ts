import { ProxiedReply } from '../proxied.js'

/**
 * Attributes of HTML whose value is an address. Source: apimachinery pkg/util/proxy/transport.go
 * atomsToAttrs.
 */
const LINKS =
  /(<[a-z][^<>]*?\s(?:action|background|cite|classid|codebase|data|formaction|href|icon|longdesc|manifest|poster|profile|src|usemap)\s*=\s*)(["'])(\/[^"']*)\2/gi

/**
 * Makes the links of a page that is passed on lead through the proxy again: those to the root of its host,
 * and where it redirects to. `prefix` is the path of the proxy itself. Source: apimachinery
 * pkg/util/proxy/transport.go Transport.RoundTrip.
 */
export function rewriteLinks(reply: ProxiedReply, prefix: string, path: string): ProxiedReply {
  const { code, headers, body } = reply
  const { location } = headers
  if (location !== undefined && location.startsWith('/'))
    return new ProxiedReply(code, { ...headers, location: `${prefix}${location}` }, body)
  const [type = ''] = (headers['content-type'] ?? '').split(';')
  if (type !== 'text/html' || path === '') return reply
  return new ProxiedReply(
    code,
    headers,
    body.replaceAll(
      LINKS,
      (_, before: string, quote: string, link: string) => `${before}${quote}${prefix}${link}${quote}`,
    ),
  )
}
