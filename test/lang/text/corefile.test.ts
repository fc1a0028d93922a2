import { expect, it } from 'vitest'
import { parseCorefile, responderOf } from '../../../src/lang/text/corefile.js'

const KUBEADM = `.:53 {
    errors
    health {
       lameduck 5s
    }
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
    }
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30
}
`
const mistake = (text: string): string => {
  try {
    return JSON.stringify(parseCorefile(text, '/etc/coredns/Corefile'))
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
}

it("reads kubeadm's Corefile: a server for every name, and its plugins with their arguments", () => {
  const [server, ...others] = parseCorefile(KUBEADM, 'Corefile')
  expect(others).toEqual([])
  expect(server?.zones).toEqual(['.'])
  expect(server?.plugins.map(({ name }) => name)).toEqual([
    'errors',
    'health',
    'kubernetes',
    'forward',
    'cache',
  ])
  expect(server?.plugins[2]?.args).toEqual(['cluster.local', 'in-addr.arpa', 'ip6.arpa'])
})

it.each([
  [
    'a plugin that does not exist',
    KUBEADM.replace('forward', 'fowrard'),
    "10 - Error during parsing: Unknown directive 'fowrard'",
  ],
  ['a server that is not closed', KUBEADM.replace(/\}\n$/, ''), '13 - Error during parsing: Unexpected EOF'],
  [
    'a block of a plugin that is not closed',
    '.:53 {\n health {\n lameduck 5s\n}\n',
    '4 - Error during parsing: Unexpected EOF',
  ],
  ['a key without a server', '.:53\n', '1 - Error during parsing: Unexpected EOF'],
])('names the line of %s', (_, text, message) => {
  expect(mistake(text)).toBe(`/etc/coredns/Corefile:${message}`)
})

it('knows comments, quotes, several zones and schemes', () => {
  const text =
    '# mine\ndns://Example.org:1053, b.example { # two\n  log\n  template IN A { answer "{ }" }\n}\n'
  expect(parseCorefile(text, 'Corefile')).toMatchObject([{ zones: ['example.org', 'b.example'] }])
})

it.each([
  ['web.default.svc.cluster.local', KUBEADM, 'kubernetes'],
  ['example.com', KUBEADM, 'forward'],
  ['web.default.svc.cluster.local', KUBEADM.replace('cluster.local', 'clutser.local'), 'forward'],
  ['example.com', '.:53 {\n kubernetes cluster.local\n}', 'SERVFAIL'],
  ['example.com', 'cluster.local {\n kubernetes\n}', 'REFUSED'],
  ['a.cluster.local', 'cluster.local {\n kubernetes\n}\n. {\n forward . 8.8.8.8\n}', 'kubernetes'],
  ['a.example', 'example {\n forward other 8.8.8.8\n}', 'SERVFAIL'],
])('%s is answered by the plugin that serves it', (name, text, responder) => {
  expect(responderOf(parseCorefile(text, 'Corefile'), name)).toBe(responder)
})
