import { once } from 'node:events'
import { Agent, request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type TLSSocket } from 'node:tls'
import { WebSocket } from 'ws'
import { encode } from '../../src/server/etcd/grpc/codec.js'
import { frame, RawClient } from '../server/etcd/raw-client.js'
import type { Listening } from './served-child.js'

/** What a client does to a served cluster. Rejects with what it should not have seen. */
export interface Attack {
  readonly name: string
  readonly play: (target: Target) => Promise<void>
}

/** A served cluster under attack. */
export class Target {
  readonly listening: Listening
  readonly #agent: Agent

  constructor(listening: Listening) {
    this.listening = listening
    this.#agent = new Agent({ ca: listening.authority, keepAlive: true, maxSockets: 8 })
  }

  /** Returns the code and the text of the answer; the code is 0 if there is none. */
  send(
    method: string,
    path: string,
    body?: string | Uint8Array | object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly code: number; readonly text: string }> {
    const { port, token } = this.listening
    const isRaw = typeof body === 'string' || body instanceof Uint8Array
    const sent = isRaw ? body : body === undefined ? undefined : JSON.stringify(body)
    const all = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers }
    return new Promise((resolve) => {
      const asked = request({ host: '127.0.0.1', port, path, method, agent: this.#agent, headers: all })
      asked.setTimeout(30_000, () => asked.destroy())
      asked.on('error', () => resolve({ code: 0, text: '' }))
      asked.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => void chunks.push(chunk))
        response.on('error', () => resolve({ code: 0, text: '' }))
        response.on('end', () =>
          resolve({ code: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        )
      })
      asked.end(sent)
    })
  }

  /** A connection for bytes that no HTTP client sends. */
  async raw(): Promise<TLSSocket> {
    const { port, authority } = this.listening
    const socket = connect({ port, ca: authority, servername: 'localhost', ALPNProtocols: ['http/1.1'] })
    socket.on('error', () => undefined)
    await once(socket, 'secureConnect')
    return socket
  }

  /** Sends bytes on a connection. Returns what comes within some ms, and whether the server closed it. */
  async exchange(text: string, ms = 400): Promise<{ readonly received: string; readonly isClosed: boolean }> {
    const socket = await this.raw()
    let received = ''
    socket.on('data', (data: Buffer) => void (received += data.toString('latin1')))
    socket.write(Buffer.from(text, 'latin1'))
    const closed = new Promise<boolean>((resolve) => socket.once('close', () => resolve(true)))
    const isClosed = await Promise.race([closed, sleep(ms, false)])
    socket.destroy()
    return { received, isClosed }
  }

  /** Runs a line in the shell of the pod `box` for some ms at most. */
  async exec(line: string, ms = 1_500): Promise<string> {
    const { port, authority, token } = this.listening
    const words = ['sh', '-c', line].map((word) => `command=${encodeURIComponent(word)}`).join('&')
    const url = `wss://127.0.0.1:${port}/api/v1/namespaces/default/pods/box/exec?stdout=1&stderr=1&${words}`
    const socket = new WebSocket(url, ['v5.channel.k8s.io'], {
      ca: authority,
      headers: { authorization: `Bearer ${token}` },
    })
    let received = ''
    socket.on('message', (data: Buffer) => {
      if (received.length < 100_000) received += data.subarray(1).toString('latin1')
    })
    const ended = new Promise((resolve) => {
      socket.on('close', resolve)
      socket.on('error', resolve)
    })
    await Promise.race([ended, sleep(ms)])
    socket.terminate()
    return received
  }

  close(): void {
    this.#agent.destroy()
  }
}

const PODS = '/api/v1/namespaces/default/pods'
const AUTHORIZED = 'Authorization: Bearer root-token\r\n'

/** Lines for a shell that do not end, or that would take all memory. */
const lines: readonly string[] = [
  'while :; do :; done',
  'while true; do echo a; done',
  'while :; do x=$x$x.; done',
  'while :; do echo x >> /tmp/f; done',
  'while :; do mkdir -p /tmp/a/b; rm -r /tmp/a; done',
  'i=0; while :; do i=$((i+1)); touch /tmp/$i; done',
  'f(){ f; }; f',
  'f(){ f | f & }; f',
  'seq 1000000000000000',
  'seq 1000000000000000 | tail -1',
  'for i in $(seq 1000000); do :; done',
  `eval ${'eval '.repeat(5_000)}true`,
  `test ${'! '.repeat(5_000)}1`,
  `expr ${"'(' ".repeat(2_000)}1${" ')'".repeat(2_000)}`,
  `echo $((${'('.repeat(5_000)}1${')'.repeat(5_000)}))`,
  `echo $((${'-'.repeat(20_000)}1))`,
  `echo $((${'1+'.repeat(20_000)}1))`,
  `echo $((${'1?'.repeat(5_000)}1${':1'.repeat(5_000)}))`,
  `echo ${'a'.repeat(50_000)} | grep -cE '(a|b|ab)*(c|d){1,900}'`,
  `grep -E '((a{1,30}){1,30}){1,1}' /etc/passwd`,
  `echo ${'a'.repeat(20_000)} | sed -E 's/(a*)*b/x/g'`,
  `echo ${'a'.repeat(20_000)} | awk '{ gsub(/(a|aa)+$/, "b"); print }'`,
  'awk \'BEGIN { while (1) s = s "aaaaaaaa" }\'',
  "awk 'BEGIN { for (;;) n++ }'",
  "printf '%1000000000d' 1",
  `x=${'a'.repeat(50_000)}; echo \${x##*a*a*a*a*b}`,
  `echo ${'{'.repeat(5_000)}`,
  `${'('.repeat(5_000)}true${')'.repeat(5_000)}`,
  `${'if '.repeat(5_000)}true`,
  `${'! '.repeat(5_000)}true`,
  `echo "${'$('.repeat(3_000)}${')'.repeat(3_000)}"`,
  `${'true | '.repeat(5_000)}true`,
  `${'true & '.repeat(5_000)}wait`,
  'timeout 100 sh -c "while :; do :; done"',
  'sleep 999999999999999999999',
  'while :; do sleep 0; done',
  `cat <<A\n${'$(cat <<B\n'.repeat(500)}`,
  'trap "kill -TERM $$" TERM; kill -TERM $$',
  'sort /proc/self/fd/* | sort | sort',
  'while :; do date; done | while read x; do :; done',
]

const pod = (name: string, container: object): object => ({
  metadata: { name },
  spec: { containers: [{ name: 'main', image: 'busybox', command: ['sleep', 'infinity'], ...container }] },
})

const probed = (name: string, probe: object): Attack => ({
  name: `probe: ${name}`,
  play: async (target) => {
    const id = `probe-${name.replaceAll(/\W+/g, '-').toLowerCase()}`
    const every = { periodSeconds: 1, timeoutSeconds: 1 }
    const probes = { readinessProbe: { ...every, ...probe }, livenessProbe: { ...every, ...probe } }
    await target.send('POST', PODS, pod(id, probes))
    await sleep(1_500)
    await target.send('DELETE', `${PODS}/${id}?gracePeriodSeconds=0`)
  },
})

const shell: readonly Attack[] = [
  ...lines.map((line): Attack => ({
    name: `exec: ${line.slice(0, 40).replaceAll('\n', ' ')}`,
    play: async (target) => void (await target.exec(line)),
  })),
  ...lines.map((line, at): Attack => ({
    name: `command: ${line.slice(0, 40).replaceAll('\n', ' ')}`,
    play: async (target) => {
      await target.send('POST', PODS, pod(`command-${at}`, { command: ['sh', '-c', line] }))
      await sleep(300)
      await target.send('GET', `${PODS}/command-${at}/log?tailLines=5`)
      await target.send('DELETE', `${PODS}/command-${at}?gracePeriodSeconds=0`)
    },
  })),
]

const probes: readonly Attack[] = [
  probed('endless exec', { exec: { command: ['sh', '-c', 'while :; do :; done'] } }),
  probed('much output', { exec: { command: ['sh', '-c', 'seq 100000000'] } }),
  probed('memory', { exec: { command: ['sh', '-c', 'while :; do x=$x$x.; done'] } }),
  probed('pattern', { exec: { command: ['sh', '-c', "echo aaaaaaaaaaaaaaaaab | grep -E '(a|aa)+$'"] } }),
  probed('many words', { exec: { command: ['echo', ...Array.from({ length: 20_000 }, () => 'a')] } }),
  probed('long path', { httpGet: { port: 80, path: `/${'a'.repeat(200_000)}` } }),
  probed('many headers', {
    httpGet: {
      port: 80,
      httpHeaders: Array.from({ length: 5_000 }, (_, at) => ({ name: `X-${at}`, value: 'a'.repeat(100) })),
    },
  }),
  probed('another host', { httpGet: { port: 80, host: `${'a.'.repeat(100)}example.com` } }),
  probed('a name of a port that is none', { httpGet: { port: 'nowhere', path: '/' } }),
  probed('grpc', { grpc: { port: 80, service: 'a'.repeat(100_000) } }),
]

/** Two requests of which an intermediary could see one. */
const smuggled = (name: string, head: string, rest: string): Attack => ({
  name: `smuggling: ${name}`,
  play: async (target) => {
    const second = `GET /version HTTP/1.1\r\nHost: a\r\n${AUTHORIZED}\r\n`
    const start = `POST ${PODS}?dryRun=All HTTP/1.1\r\nHost: a\r\n${AUTHORIZED}`
    const { received, isClosed } = await target.exchange(`${start}${head}\r\n${rest}${second}`)
    const codes = [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, code]) => Number(code))
    // refused, or left when its body turns out to be none; what follows is not read as a request
    if (!isClosed || !['', '400'].includes(codes.join()))
      throw new Error(`was not refused: ${codes.join(', ')}${isClosed ? ', closed' : ''}`)
  },
})

const smuggling: readonly Attack[] = [
  smuggled('length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
  smuggled('chunks and length', 'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', '0\r\n\r\n'),
  smuggled('two lengths', 'Content-Length: 0\r\nContent-Length: 40\r\n', ''),
  smuggled('a list of lengths', 'Content-Length: 0, 40\r\n', ''),
  smuggled('a signed length', 'Content-Length: +4\r\n', 'abcd'),
  smuggled('a hexadecimal length', 'Content-Length: 0x4\r\n', 'abcd'),
  smuggled('a negative length', 'Content-Length: -1\r\n', ''),
  smuggled('a length beyond numbers', 'Content-Length: 99999999999999999999\r\n', ''),
  smuggled('a folded length', 'Content-Length:\r\n 4\r\n', 'abcd'),
  smuggled('a blank before the colon', 'Content-Length : 4\r\n', 'abcd'),
  smuggled('an unknown coding', 'Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'),
  smuggled('two codings', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', '0\r\n\r\n'),
  smuggled('chunked, then another', 'Transfer-Encoding: chunked, identity\r\n', '0\r\n\r\n'),
  smuggled('a chunk of a bad size', 'Transfer-Encoding: chunked\r\n', 'g\r\n\r\n'),
  smuggled('a signed chunk', 'Transfer-Encoding: chunked\r\n', '+1\r\na\r\n0\r\n\r\n'),
  smuggled('a chunk that is larger than its size', 'Transfer-Encoding: chunked\r\n', '1\r\nabc\r\n0\r\n\r\n'),
  smuggled('a chunk beyond numbers', 'Transfer-Encoding: chunked\r\n', 'fffffffffffffffff\r\na\r\n'),
  smuggled('a bare line feed in a header', 'X-A: b\nContent-Length: 4\r\n', 'abcd'),
  smuggled('a bare carriage return in a header', 'X-A: b\rContent-Length: 4\r\n', ''),
  smuggled('a zero byte in a header', 'X-A: b\0c\r\n', ''),
]

const pipelining: Attack = {
  name: 'pipelining: 2,000 requests in one piece',
  play: async (target) => {
    const one = `GET /version HTTP/1.1\r\nHost: a\r\n${AUTHORIZED}\r\n`
    const last = one.replace(AUTHORIZED, `${AUTHORIZED}Connection: close\r\n`)
    const { received } = await target.exchange(one.repeat(1_999) + last, 20_000)
    const codes = [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, code]) => code)
    if (codes.length !== 2_000 || codes.some((code) => code !== '200'))
      throw new Error(`${codes.length} codes: ${[...new Set(codes)].join(', ')}`)
  },
}

/** A flood of one stream of etcd's API, which must not keep others waiting. */
const flooded = (name: string, path: string, pieces: () => Buffer): Attack => ({
  name: `etcd: ${name}`,
  play: async ({ listening: { etcd } }) => {
    const client = await RawClient.to(etcd)
    const stream = client.open(path)
    stream.on('error', () => undefined)
    stream.resume()
    for (let round = 0; round < 10 && !stream.destroyed; round++) {
      stream.write(pieces())
      await sleep(20)
    }
    await sleep(300)
    stream.close()
    client.close()
  },
})

const watch = (createRequest: object): Buffer => frame(encode('WatchRequest', { createRequest }))
const many = (count: number, piece: (at: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, at) => piece(at)))

const WATCH = '/etcdserverpb.Watch/Watch'
const etcd: readonly Attack[] = [
  flooded('watches of everything', WATCH, () =>
    many(1_000, () => watch({ key: '\0', rangeEnd: '\0', prevKv: true })),
  ),
  flooded('watches of the whole history', WATCH, () =>
    many(200, () => watch({ key: '\0', rangeEnd: '\0', startRevision: 1 })),
  ),
  flooded('watches that are cancelled at once', WATCH, () =>
    many(1_000, (at) =>
      Buffer.concat([
        watch({ key: 'a', watchId: at + 1 }),
        frame(encode('WatchRequest', { cancelRequest: { watchId: at + 1 } })),
      ]),
    ),
  ),
  flooded('progress requests', WATCH, () =>
    many(2_000, () => frame(encode('WatchRequest', { progressRequest: {} }))),
  ),
  flooded('keep-alives of no lease', '/etcdserverpb.Lease/LeaseKeepAlive', () =>
    many(2_000, (at) => frame(encode('LeaseRequest', { id: BigInt(at + 1) }))),
  ),
  flooded('keep-alives of one lease', '/etcdserverpb.Lease/LeaseKeepAlive', () =>
    many(2_000, () => frame(encode('LeaseRequest', { id: 77n }))),
  ),
  {
    name: 'etcd: leases',
    play: async ({ listening: { etcd: url } }) => {
      const client = await RawClient.to(url)
      for (let round = 0; round < 20; round++)
        await Promise.all(
          Array.from({ length: 200 }, (_, at) =>
            client.call('/etcdserverpb.Lease/LeaseGrant', encode('LeaseGrantRequest', { ttl: 1 + (at % 3) })),
          ),
        )
      await client.call('/etcdserverpb.Lease/LeaseLeases', encode('Empty', {}))
      // 4,000 of them expire while this waits
      await sleep(3_500)
      client.close()
    },
  },
]

const api: readonly Attack[] = [
  {
    name: 'watches: 500 of one client that does not read',
    play: async (target) => {
      const sockets = await Promise.all(Array.from({ length: 25 }, () => target.raw()))
      for (const socket of sockets) {
        socket.pause()
        socket.write(`GET /api/v1/configmaps?watch=true HTTP/1.1\r\nHost: a\r\n${AUTHORIZED}\r\n`.repeat(20))
      }
      for (let at = 0; at < 50; at++)
        await target.send('POST', '/api/v1/namespaces/default/configmaps', {
          metadata: { generateName: 'flood-' },
          data: { a: 'x'.repeat(10_000) },
        })
      for (const socket of sockets) socket.destroy()
      await target.send('DELETE', '/api/v1/namespaces/default/configmaps')
    },
  },
  {
    name: 'a stranger who says who they are',
    play: async (target) => {
      const headers = {
        authorization: '',
        'x-remote-user': 'root',
        'x-remote-group': 'system:masters',
        'x-remote-extra-scopes': 'all',
      }
      for (const more of [{}, { authorization: 'Bearer guest-token' }]) {
        const { code } = await target.send('GET', '/api/v1/secrets', undefined, { ...headers, ...more })
        if (code !== 401 && code !== 403) throw new Error(`a front proxy's headers got ${code}`)
      }
    },
  },
  {
    name: 'a pod that no node can have, 300 times',
    play: async (target) => {
      for (let at = 0; at < 300; at++)
        await target.send('POST', PODS, pod(`stuck-${at}`, { resources: { requests: { cpu: '9000' } } }))
      await target.send('DELETE', PODS)
    },
  },
]

/** All attacks but those of test/hostile/requests.ts. */
export const attacks: readonly Attack[] = [...smuggling, pipelining, ...api, ...etcd, ...probes, ...shell]
