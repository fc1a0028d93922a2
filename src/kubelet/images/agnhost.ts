import type { ImageBehavior } from './image.js'

/** State of an agnhost container: plain data. */
interface AgnhostState {
  readonly mode: string
  /** Port of HTTP. */
  readonly port: number
  readonly [name: string]: string | number
}

/** So long `agnhost liveness` answers well. Virtual ms. */
const LIVES = 10_000
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'serve-hostname': 9376 }

/**
 * The image of Kubernetes' own end-to-end tests and of many of its examples, as far as they use it: `pause`,
 * `netexec` (/, /hostname, /healthz, /echo, /exit, /clientip), `serve-hostname` and `liveness` (500 after ten
 * seconds). Source: test/images/agnhost.
 */
export const AGNHOST: ImageBehavior<AgnhostState> = {
  start({ command }) {
    const [, mode = 'pause', ...flags] =
      command.at(0)?.endsWith('agnhost') === true ? command : ['', ...command]
    const given = flags.join(' ').match(/--(?:http-)?port[= ](\d+)/)?.[1]
    return { state: { mode, port: given === undefined ? (DEFAULT_PORTS[mode] ?? 8080) : Number(given) } }
  },
  request({ mode, port }, { protocol, port: asked, path = '/' }, { now, startedAt, pod, podIP }) {
    if (mode === 'pause' || asked !== port) return {}
    if (protocol !== 'http') return { response: { body: '' } }
    const { pathname, searchParams } = new URL(path, 'http://localhost')
    const answer = (
      body: string,
      status = 200,
    ): { readonly response: { readonly status: number; readonly body: string } } => ({
      response: { status, body },
    })
    if (mode === 'serve-hostname') return answer(pod)
    if (mode === 'liveness') {
      const seconds = (now - startedAt) / 1000
      if (pathname !== '/healthz') return answer('404 page not found\n', 404)
      return now - startedAt > LIVES ? answer(`error: ${seconds}`, 500) : answer('ok')
    }
    switch (pathname) {
      case '/hostname':
        return answer(pod)
      case '/clientip':
        return answer(podIP)
      case '/healthz':
        return answer('')
      case '/echo':
        return answer(searchParams.get('msg') ?? '', Number(searchParams.get('code') ?? 200))
      case '/exit':
        return { exit: Number(searchParams.get('code') ?? 0) }
      default:
        return answer(`NOW: ${new Date(now).toISOString()}`)
    }
  },
}
