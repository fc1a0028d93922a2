import { quote } from '../../lang/go/quote.js'
import { parseIp } from '../../lang/go/ip.js'
import { getUrl } from './get-url.js'
import { CLIENT_PORT, NOT_FOUND, listening, textResponse, urlOf } from './subcommand.js'
import type { Subcommand, SubcommandCall } from './subcommand.js'

/**
 * Says under which address a client is seen, and asks others how they see this pod. Source:
 * test/images/agnhost/no-snat-test.
 */
export const noSnatTest: Subcommand = {
  flags: { port: '8080' },
  run({ flags, env, error }) {
    for (const name of ['POD_IP', 'NODE_IP']) {
      const value = env[name]
      if (value !== undefined && parseIp(value) !== undefined) continue
      error(
        value === undefined
          ? `${name} env var was not present in the environment\n`
          : `${name} env var contained ${quote(value)}, which is not an IP address\n`,
      )
      return 1
    }
    return listening([flags['port'] ?? ''])
  },
  serve(call, request) {
    const { pathname, searchParams } = urlOf(request)
    if (pathname === '/whoami') return textResponse(`${request.from ?? ''}:${CLIENT_PORT}`)
    if (pathname !== '/checknosnat') return NOT_FOUND
    const faults = (searchParams.get('ips') ?? '').split(',').flatMap((ip) => translationOf(call, ip) ?? [])
    return faults.length === 0 ? textResponse('') : textResponse(faults.join(', '), 500)
  },
}

/** Why another server does not see the address of this pod; undefined if it does. */
function translationOf(call: SubcommandCall, ip: string): string | undefined {
  const got = getUrl(call, `http://${ip}/whoami`)
  if (got.status === undefined) return got.error
  const [seen = ''] = got.body.split(':')
  const [pod = '', node = ''] = [call.env['POD_IP'], call.env['NODE_IP']]
  if (seen === pod) return undefined
  const start = `Returned ip ${quote(seen)} != my Pod ip ${quote(pod)}`
  if (seen === node) return `${start}, == my Node ip ${quote(node)} - SNAT`
  return (
    `${start} or my Node ip ${quote(node)} - SNAT to unexpected ip (possible SNAT through unexpected ` +
    'interface on the way into another node)'
  )
}

/**
 * Passes `/checknosnat` on to the target that the request names. Source:
 * test/images/agnhost/no-snat-test-proxy.
 */
export const noSnatTestProxy: Subcommand = {
  flags: { port: '31235' },
  run: ({ flags }) => listening([flags['port'] ?? '']),
  serve(call, request) {
    const { pathname, searchParams } = urlOf(request)
    if (pathname !== '/checknosnat') return NOT_FOUND
    const [target = '', ips = ''] = ['target', 'ips'].map((name) => searchParams.get(name) ?? '')
    const url = `http://${target}/checknosnat?ips=${ips}`
    const got = getUrl(call, url)
    return got.status === undefined
      ? textResponse(`error querying ${quote(url)}, err: ${got.error}`, 500)
      : textResponse(got.body, got.status)
  },
}
