import type { Subcommand } from './subcommand.js'
import { NOT_FOUND, jsonResponse, listening, log, textResponse, urlOf } from './subcommand.js'

/** Responds with the name of the pod. Source: test/images/agnhost/serve-hostname. */
export const serveHostname: Subcommand = {
  flags: { tcp: 'false', udp: 'false', http: 'true', close: 'false', port: '9376' },
  run(call) {
    const { flags } = call
    const { port = '' } = flags
    if (flags['http'] === 'true' || flags['tcp'] === 'true') log(call, 'Serving on port ' + port + '.')
    return listening([
      ...(flags['http'] === 'true' || flags['tcp'] === 'true' ? [port] : []),
      ...(flags['udp'] === 'true' ? [`${port}/udp`] : []),
    ])
  },
  serve: ({ world }, { protocol }) =>
    protocol === 'http' ? textResponse(world.hostname) : { response: { body: `${world.hostname}\n` } },
}

/** Virtual ms during which `liveness` is healthy. */
const HEALTHY_TIME = 10_000

/** Is healthy for ten seconds, then returns 500. Source: test/images/agnhost/liveness. */
export const liveness: Subcommand = {
  run: ({ world }) => listening([8080], world.now),
  serve({ world, memory }, request) {
    const age = world.now - Number(memory)
    switch (urlOf(request).pathname) {
      case '/started':
        return textResponse(`${age / 1000}s`)
      case '/redirect':
        return redirect(urlOf(request).searchParams.get('loc') ?? '')
      case '/healthz':
        return age > HEALTHY_TIME ? textResponse(`error: ${age / 1000}`, 500) : textResponse('ok')
      default:
        return NOT_FOUND
    }
  },
}

/** Returns a redirection of Go's http.Redirect. */
export function redirect(location: string, status = 302): ReturnType<typeof textResponse> {
  return {
    response: {
      status,
      headers: { location, 'content-type': 'text/html; charset=utf-8' },
      body: `<a href="${location.replaceAll('&', '&amp;')}">Found</a>.\n\n`,
    },
  }
}

/** Serves the files of the root directory on port 80. Source: test/images/agnhost/test-webserver. */
export const testWebserver: Subcommand = {
  flags: { port: '80' },
  run: ({ flags }) => listening([flags['port'] ?? '']),
  serve({ world }, request) {
    const path = decodeURIComponent(urlOf(request).pathname).replace(/(?<!^|\/)\/+$/, '')
    const entry = world.files.stat(path)
    if (entry === undefined) return NOT_FOUND
    if (entry.kind === 'file') return textResponse(world.files.read(path))
    const links = world.files.list(path).map((name) => {
      const shown = world.files.isDirectory(`${path === '/' ? '' : path}/${name}`) ? `${name}/` : name
      return `<a href="${shown}">${shown}</a>\n`
    })
    const head = '<!doctype html>\n<meta name="viewport" content="width=device-width">\n'
    const body = `${head}<pre>\n${links.join('')}</pre>\n`
    return { response: { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body } }
  },
}

const PORTER = /^SERVE_(?:(TCP|UDP|TLS|SCTP)_)?PORT_(\d+)$/

/** Serves the values of SERVE_PORT_... variables. Source: test/images/agnhost/porter. */
export const porter: Subcommand = {
  flags: { 'json-response': 'false' },
  run: ({ env }) =>
    listening(
      Object.keys(env).flatMap((name) => {
        const [, kind = 'TCP', port] = PORTER.exec(name) ?? []
        if (port === undefined) return []
        return [kind === 'UDP' || kind === 'SCTP' ? `${port}/${kind.toLowerCase()}` : port]
      }),
    ),
  serve({ env, flags, world }, { protocol, port, method = 'GET' }) {
    const isPlain = protocol === 'udp' || protocol === 'sctp'
    const names = isPlain ? [`${protocol.toUpperCase()}_PORT`] : ['PORT', 'TCP_PORT', 'TLS_PORT']
    const name = names.map((kind) => `SERVE_${kind}_${port}`).find((one) => env[one] !== undefined)
    if (name === undefined) return {}
    const body = env[name] ?? ''
    if (isPlain) return { response: { body } }
    const { response } =
      flags['json-response'] === 'true' ? jsonResponse({ Method: method, Body: body }) : textResponse(body)
    const isTls = name.startsWith('SERVE_TLS') && response !== undefined
    return {
      response: isTls
        ? { ...response, certificate: world.files.read(env['CERT_FILE'] || '/localhost.crt') }
        : response,
    } as ReturnType<typeof textResponse>
  },
}

/** Reports the health of a gRPC server. Source: test/images/agnhost/grpc-health-checking. */
export const grpcHealthChecking: Subcommand = {
  flags: { port: '5000', 'http-port': '8080', 'delay-unhealthy-sec': '-1', service: '' },
  run: ({ flags, world }) =>
    listening([flags['port'] ?? '', flags['http-port'] ?? ''], { since: world.now, serving: true }),
  serve({ flags, world, memory }, request) {
    const { since, serving } = memory as { readonly since: number; readonly serving: boolean }
    const delay = Number(flags['delay-unhealthy-sec'])
    const healthy = serving && (delay < 0 || world.now - since < delay * 1000)
    if (request.port === Number(flags['port'])) return textResponse(healthy ? 'SERVING' : 'NOT_SERVING')
    const { pathname } = urlOf(request)
    if (pathname !== '/make-not-serving' && pathname !== '/make-serving') return NOT_FOUND
    const next = {
      since: pathname === '/make-serving' ? world.now : since,
      serving: pathname === '/make-serving',
    }
    return {
      ...textResponse('', 200),
      next: listening([flags['port'] ?? '', flags['http-port'] ?? ''], next),
    }
  },
}
