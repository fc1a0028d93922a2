import type { KubeObject } from '../../../src/api/kind/definition.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SimCluster } from 'simcluster'
import type { ClusterOptions } from 'simcluster'
import { parseCertificates } from '../../../src/pki/index.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const FILE = '/var/lib/kubelet/pki/kubelet-client-current.pem'
const SERVER_FILE = '/var/lib/kubelet/pki/kubelet-server-current.pem'
const SIGNER = 'kubernetes.io/kube-apiserver-client-kubelet'
const UNSIGNED: ClusterOptions = {
  nodes: 2,
  disable: ['kube-controller-manager/certificatesigningrequest-signing-controller'],
}

interface Request {
  readonly metadata: { readonly name?: string; readonly creationTimestamp?: string }
  readonly spec: Readonly<Record<string, unknown>>
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly reason?: string }[] }
}

const requests = (cluster: SimCluster): readonly Request[] =>
  cluster.list('certificatesigningrequests').items as readonly KubeObject[] as readonly Request[]
const statusOf = (cluster: SimCluster, node: string): string =>
  cluster.node(node).ready ? 'Ready' : 'NotReady'

/**
 * Gives a node's kubelet a certificate that lives for so long, as from an authority with a short
 * --cluster-signing-duration.
 */
function give(cluster: SimCluster, node: string, validFor: number): void {
  const { certificate, key } = cluster.pki.clientCertificate(
    { commonName: `system:node:${node}`, organizations: ['system:nodes'] },
    { notBefore: cluster.now(), validFor },
  )
  cluster.pki.write(FILE, certificate + key, node)
  cluster.node(node).kubelet.restart()
  cluster.settle()
}

/** What the kubelet of a node says from now on, with the second since the beginning. */
function logOf(cluster: SimCluster, node: string): { readonly at: number; readonly text: string }[] {
  const lines: { readonly at: number; readonly text: string }[] = []
  const begin = cluster.now()
  cluster.on('log', ({ component, message, time }) => {
    if (component === `kubelet/${node}`) lines.push({ at: Math.floor((time - begin) / 1000), text: message })
  })
  return lines
}

describe('a kubelet renews its client certificate', () => {
  it('between 70% and 90% of its life, with a request that is approved and signed without anybody', () => {
    const cluster = new SimCluster({ nodes: 1 })
    give(cluster, 'node-1', 2 * HOUR)
    const [old] = parseCertificates(cluster.pki.read(FILE, 'node-1'))
    expect(cluster.until((each) => requests(each).length > 0, { timeout: '2h' })).toBe(true)
    const life = (old?.notAfter ?? 0) - (old?.notBefore ?? 0)
    const at = (cluster.now() - (old?.notBefore ?? 0)) / life
    expect(at).toBeGreaterThanOrEqual(0.7)
    expect(at).toBeLessThan(0.9)
    cluster.settle()
    const [request] = requests(cluster)
    expect(request).toMatchObject({
      spec: {
        signerName: SIGNER,
        username: 'system:node:node-1',
        usages: ['digital signature', 'key encipherment', 'client auth'],
      },
      status: {
        conditions: [
          {
            type: 'Approved',
            reason: 'AutoApproved',
            message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
          },
        ],
      },
    })
    const [fresh] = parseCertificates(cluster.pki.read(FILE, 'node-1'))
    expect(fresh?.subject).toEqual({ commonName: 'system:node:node-1', organizations: ['system:nodes'] })
    expect(fresh?.notAfter).toBeGreaterThan(cluster.now() + 364 * 24 * HOUR)
    expect(fresh?.publicKey?.modulus).not.toBe(old?.publicKey?.modulus)
    const dated = cluster.pki.paths('node-1').filter((path) => /kubelet-client-\d{4}-/.test(path))
    expect(dated.map((path) => cluster.pki.read(path, 'node-1')).at(-1)).toBe(
      cluster.pki.read(FILE, 'node-1'),
    )
    cluster.advance('2h')
    expect(statusOf(cluster, 'node-1')).toBe('Ready')
    expect(requests(cluster)).toHaveLength(0) // the cleaner has taken it away
  })

  it('each at another time, whatever the seed', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const cluster = new SimCluster({ nodes: 4, seed })
        for (let at = 1; at <= 4; at++) give(cluster, `node-${at}`, HOUR)
        const begin = cluster.now()
        cluster.advance('1h')
        const times = requests(cluster).map(
          ({ metadata }) =>
            (Date.parse(metadata.creationTimestamp ?? '') - begin + 5 * MINUTE) / (65 * MINUTE),
        )
        expect(times).toHaveLength(4)
        expect(new Set(times).size).toBeGreaterThan(1)
        expect(times.filter((time) => time < 0.69 || time > 0.91)).toEqual([])
      }),
      { numRuns: 5 },
    )
  })

  it('makes nothing before it is time: a new cluster has asked for no key of a kubelet', () => {
    const asked: string[] = []
    const source = new SimCluster({ nodes: 1 })
    new SimCluster({
      nodes: 2,
      kubeadm: {
        keys: (purpose) => {
          asked.push(purpose)
          return source.pki.read('/etc/kubernetes/pki/ca.key')
        },
      },
    }).advance('1h')
    expect(asked.filter((purpose) => purpose.includes('kubelet'))).toEqual([])
  })

  it(
    'tries again after 2, 4, 8, 16 and then 32 seconds when it is refused, and takes what is granted in ' +
      'the end',
    () => {
      const cluster = new SimCluster({
        nodes: 1,
        disable: ['kube-controller-manager/certificatesigningrequest-approving-controller'],
      })
      give(cluster, 'node-1', 6 * HOUR)
      const lines = logOf(cluster, 'node-1')
      cluster.until((each) => requests(each).length > 0, { timeout: '6h' })
      const seen = new Map<string, number>()
      for (let turn = 0; turn < 7; turn++) {
        cluster.until((each) => requests(each).some(({ metadata }) => !seen.has(metadata.name ?? '')), {
          timeout: '1m',
        })
        const name =
          requests(cluster)
            .map(({ metadata }) => metadata.name ?? '')
            .find((each) => !seen.has(each)) ?? ''
        seen.set(name, cluster.now())
        cluster.kubectl(`certificate ${turn < 6 ? 'deny' : 'approve'} ${name}`)
        cluster.settle()
      }
      const times = [...seen.values()]
      const delays = times.slice(1).map((time, at) => Math.round((time - (times[at] ?? 0)) / 1000))
      expect(
        delays.map((delay, at) => delay - [2, 4, 8, 16, 32, 32][at]!).every((more) => more >= 0 && more <= 2),
      ).toBe(true)
      expect(lines[0]?.text).toBe(
        `${SIGNER}: certificate request was not signed: cannot watch on the certificate signing ` +
          'request: certificate signing request is denied, reason: KubectlDeny, message: This CSR was ' +
          'denied by kubectl certificate deny.',
      )
      expect(lines.map(({ text }) => text)).toContain(
        `${SIGNER}: Reached backoff limit, still unable to rotate certs: timed out waiting for the condition`,
      )
      expect(parseCertificates(cluster.pki.read(FILE, 'node-1'))[0]?.notAfter).toBeGreaterThan(
        cluster.now() + 300 * 24 * HOUR,
      )
    },
  )

  it('a request that nobody signs is given up after fifteen minutes', () => {
    const cluster = new SimCluster(UNSIGNED)
    give(cluster, 'node-1', 6 * HOUR)
    const lines = logOf(cluster, 'node-1')
    cluster.until((each) => requests(each).length > 0, { timeout: '6h' })
    const begin = cluster.now()
    cluster.until((each) => requests(each).length > 1, { timeout: '1h' })
    expect(Math.round((cluster.now() - begin) / MINUTE)).toBe(15)
    expect(lines.map(({ text }) => text)).toEqual([
      `${SIGNER}: certificate request was not signed: timed out waiting for the condition`,
    ])
  })
})

describe('T4: a kubelet whose client certificate has expired', () => {
  const expired = (): { cluster: SimCluster; lines: ReturnType<typeof logOf> } => {
    const cluster = new SimCluster(UNSIGNED)
    cluster.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: {
        nodeName: 'node-1',
        tolerations: [{ operator: 'Exists' }],
        containers: [{ name: 'c', image: 'busybox', command: ['sleep', '10h'] }],
      },
    })
    give(cluster, 'node-1', 20 * MINUTE)
    return { cluster, lines: logOf(cluster, 'node-1') }
  }

  it('is refused, its node becomes NotReady after the grace period, and it ends; its pods run on', () => {
    const { cluster, lines } = expired()
    cluster.advance('20m')
    expect(statusOf(cluster, 'node-1')).toBe('Ready')
    cluster.advance('1m')
    expect(statusOf(cluster, 'node-1')).toBe('NotReady')
    expect(
      cluster.get('nodes', { name: 'node-1' }).status.conditions?.find(({ type }) => type === 'Ready'),
    ).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    })
    const texts = lines.map(({ text }) => text)
    expect(texts).toContain('"Failed to ensure lease exists, will retry" err="Unauthorized" interval="7s"')
    expect(texts).toContain(
      '"Error updating node status, will retry" err="error getting node \\"node-1\\": Unauthorized"',
    )
    cluster.advance('15m')
    expect(cluster.node('node-1').kubelet.state).toBe('restarting')
    const ends = lines
      .filter(({ text }) => /exiting|command failed|expired/.test(text))
      .map(({ text }) => text)
    const since = cluster.get('nodes', { name: 'node-1' }).metadata.creationTimestamp
    expect(ends.slice(0, 3)).toEqual([
      expect.stringMatching(
        /^"No valid client certificate is found and the server is responsive, exiting\." lastCertificateAvailabilityTime="2026-01-01 00:2\d:\d\d \+0000 UTC" shutdownThreshold="5m0s"$/,
      ),
      expect.stringMatching(
        /^part of the existing bootstrap client certificate in \/etc\/kubernetes\/kubelet\.conf is expired: 2026-01-01 00:2\d:\d\d \+0000 UTC$/,
      ),
      '"command failed" err="failed to run Kubelet: unable to load bootstrap kubeconfig: stat ' +
        '/etc/kubernetes/bootstrap-kubelet.conf: no such file or directory"',
    ])
    expect(since).toBeDefined()
    expect(cluster.kubectl('logs p').stderr).toMatch(
      /dial tcp 10\.0\.0\.11:10250: connect: connection refused/,
    )
    expect([...cluster.node('node-1').machine.pods()].map(({ name }) => name)).toEqual(['p'])
    expect(statusOf(cluster, 'node-2')).toBe('Ready')
  })

  it('comes back within ten seconds once its certificate is renewed', () => {
    const { cluster } = expired()
    cluster.advance('40m')
    cluster.node('node-1').kubelet.renewCertificate()
    cluster.advance('11s')
    expect(cluster.node('node-1').kubelet.state).toBe('running')
    expect(statusOf(cluster, 'node-1')).toBe('Ready')
    cluster.advance('1h')
    expect(statusOf(cluster, 'node-1')).toBe('Ready')
    expect(cluster.kubectl('get pod p -o jsonpath={.status.containerStatuses[0].restartCount}').stdout).toBe(
      '0',
    )
  })

  it('asks every ten seconds, but not once somebody has stopped it', () => {
    const { cluster, lines } = expired()
    cluster.advance('40m')
    const starts = (): number => lines.filter(({ text }) => text.includes('command failed')).length
    const before = starts()
    cluster.advance('1m')
    expect(starts() - before).toBe(6)
    cluster.node('node-1').kubelet.stop()
    expect(cluster.node('node-1').kubelet.state).toBe('stopped')
    cluster.node('node-1').kubelet.renewCertificate()
    cluster.advance('1m')
    expect(cluster.node('node-1').kubelet.state).toBe('stopped')
    cluster.node('node-1').kubelet.start()
    cluster.advance('1m')
    expect(statusOf(cluster, 'node-1')).toBe('Ready')
  })

  it('a fork at any moment of it goes on as the original', () => {
    const { cluster } = expired()
    for (let turn = 0; turn < 8; turn++) {
      cluster.advance('4m')
      const forks = [cluster.fork(), SimCluster.fromJSON(JSON.parse(JSON.stringify(cluster)))]
      const copy = cluster.fork()
      copy.advance('10m')
      for (const fork of forks) expect(fork.advance('10m').state.traceHash()).toBe(copy.state.traceHash())
    }
  })

  it('a copy through JSON of a cluster whose kubelets have not begun goes on as the original', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.addNode({ name: 'late' })
    const copy = SimCluster.fromJSON(JSON.parse(JSON.stringify(cluster)))
    for (const each of [cluster, copy]) each.advance('1m')
    expect(copy.state.traceHash()).toBe(cluster.state.traceHash())
    expect(statusOf(copy, 'late')).toBe('Ready')
  })

  it('without rotation it runs on, is refused, and reads a new file by itself', () => {
    const cluster = new SimCluster({ nodes: [{ name: 'node-1', kubelet: { rotateCertificates: false } }] })
    give(cluster, 'node-1', 20 * MINUTE)
    cluster.advance('30m')
    expect(requests(cluster)).toEqual([])
    expect(statusOf(cluster, 'node-1')).toBe('NotReady')
    expect(cluster.node('node-1').kubelet.state).toBe('running')
    cluster.node('node-1').kubelet.renewCertificate()
    cluster.advance('6m')
    expect(statusOf(cluster, 'node-1')).toBe('Ready')
    cluster.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'busybox', command: ['sleep', '1h'] }] },
    })
    cluster.settle()
    expect(cluster.kubectl('get pod p -o jsonpath={.status.phase}').stdout).toBe('Running')
  })
})

describe('what a kubelet shows is what it is taken for', () => {
  it('a certificate of another authority is refused, though the kubelet starts with it', () => {
    const cluster = new SimCluster({ nodes: 2 })
    const foreign = new SimCluster({ nodes: 0, kubeadm: { keys: other() } }).pki.clientCertificate(
      { commonName: 'system:node:node-1', organizations: ['system:nodes'] },
      { notBefore: cluster.now() },
    )
    cluster.pki.write(FILE, foreign.certificate + foreign.key, 'node-1')
    cluster.node('node-1').kubelet.restart()
    cluster.advance('1m')
    expect([statusOf(cluster, 'node-1'), cluster.node('node-1').kubelet.state]).toEqual([
      'NotReady',
      'running',
    ])
  })

  it('when the authority is another, all kubelets are refused', () => {
    const cluster = new SimCluster({ nodes: 2 })
    const before = cluster.pki.read('/etc/kubernetes/pki/ca.crt')
    cluster.pki.write(
      '/etc/kubernetes/pki/ca.crt',
      new SimCluster({ nodes: 0, kubeadm: { keys: other() } }).pki.read('/etc/kubernetes/pki/ca.crt'),
    )
    cluster.advance('1m')
    expect([statusOf(cluster, 'node-1'), statusOf(cluster, 'node-2')]).toEqual(['NotReady', 'NotReady'])
    cluster.pki.write('/etc/kubernetes/pki/ca.crt', before)
    cluster.advance('1m')
    expect([statusOf(cluster, 'node-1'), statusOf(cluster, 'node-2')]).toEqual(['Ready', 'Ready'])
  })

  it("with another node's certificate it is that node, and may not write its own Node", () => {
    const cluster = new SimCluster({ nodes: 2 })
    cluster.pki.write(FILE, cluster.pki.read(FILE, 'node-2'), 'node-1')
    cluster.node('node-1').kubelet.restart()
    const lines = logOf(cluster, 'node-1')
    cluster.advance('1m')
    expect(statusOf(cluster, 'node-1')).toBe('NotReady')
    expect(lines[0]?.text).toBe(
      '"Unable to register node with API server" err="nodes \\"node-1\\" is forbidden: node ' +
        '\\"node-2\\" is not allowed to modify node \\"node-1\\"" node="node-1"',
    )
  })

  it(
    'a certificate in the kubeconfig file itself is put into the file of the certificate manager, and ' +
      'replaced at once',
    () => {
      const cluster = new SimCluster({ nodes: 1 })
      give(cluster, 'node-1', 20 * MINUTE)
      cluster.apiserver.stop()
      cluster.advance('30m')
      cluster.apiserver.start()
      const { certificate, key } = cluster.pki.clientCertificate(
        { commonName: 'system:node:node-1', organizations: ['system:nodes'] },
        { notBefore: cluster.now() },
      )
      const config = cluster.pki
        .read('/etc/kubernetes/kubelet.conf', 'node-1')
        .replace(/client-certificate: .*/, `client-certificate-data: ${btoa(certificate)}`)
        .replace(/client-key: .*/, `client-key-data: ${btoa(key)}`)
      cluster.pki.write('/etc/kubernetes/kubelet.conf', config, 'node-1')
      cluster.node('node-1').kubelet.restart()
      cluster.advance('30s')
      expect(statusOf(cluster, 'node-1')).toBe('Ready')
      expect(requests(cluster)).toHaveLength(1)
      expect(cluster.pki.read(FILE, 'node-1')).not.toContain(certificate)
      expect(parseCertificates(cluster.pki.read(FILE, 'node-1'))[0]?.notBefore).toBe(
        Math.floor((cluster.now() - 30_000) / 1000) * 1000 - 5 * MINUTE,
      )
    },
  )

  it(
    'a node that joins later has a certificate from then on; one that comes again under the name of one ' +
      'that went has no file of that',
    () => {
      const cluster = new SimCluster({ nodes: 1 })
      cluster.advance('3h')
      const begin = cluster.now()
      cluster.addNode({ name: 'late' })
      cluster.settle()
      const of = (name: string): number | undefined =>
        parseCertificates(cluster.pki.read(FILE, name))[0]?.notBefore
      expect(of('late')).toBe(begin - 5 * MINUTE)
      give(cluster, 'late', HOUR)
      cluster.node('late').remove()
      cluster.advance('1h')
      cluster.addNode({ name: 'late' })
      cluster.settle()
      expect(of('late')).toBe(Math.floor((begin + HOUR) / 1000) * 1000 - 5 * MINUTE)
    },
  )
})

describe('serverTLSBootstrap', () => {
  it('the port of the kubelet answers when somebody has approved its request, and not before', () => {
    const cluster = new SimCluster({ nodes: [{ name: 'node-1', kubelet: { serverTLSBootstrap: true } }] })
    cluster.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'echo hello; sleep 1h'] }] },
    })
    cluster.settle()
    const [request] = requests(cluster)
    expect(request?.spec).toMatchObject({
      signerName: 'kubernetes.io/kubelet-serving',
      username: 'system:node:node-1',
      usages: ['digital signature', 'key encipherment', 'server auth'],
    })
    expect(cluster.kubectl('get csr').stdout).toMatch(
      /kubernetes\.io\/kubelet-serving +system:node:node-1 +<none> +Pending/,
    )
    for (const each of [cluster, cluster.fork()])
      expect(each.kubectl('logs p').stderr).toBe(
        'Error from server: Get "https://10.0.0.11:10250/containerLogs/default/p/c": remote error: tls: ' +
          'internal error\n',
      )
    expect(statusOf(cluster, 'node-1')).toBe('Ready')
    cluster.kubectl(`certificate approve ${request?.metadata.name ?? ''}`)
    cluster.settle()
    expect(cluster.kubectl('logs p').stdout).toBe('hello\n')
    const [serving] = parseCertificates(cluster.pki.read(SERVER_FILE, 'node-1'))
    expect(serving).toMatchObject({
      subject: { commonName: 'system:node:node-1', organizations: ['system:nodes'] },
      names: { dns: ['node-1'], ip: ['10.0.0.11'] },
      purposes: ['server auth'],
      issuer: { commonName: 'kubernetes' },
    })
    cluster.node('node-1').kubelet.restart()
    cluster.settle()
    expect(cluster.kubectl('logs p').stdout).toBe('hello\n')
    expect(requests(cluster)).toHaveLength(1)
  })
})

/** Keys of an authority that nobody here trusts. */
function other(): (purpose: string) => string {
  const key = new SimCluster({ nodes: 0 }).pki.read('/etc/kubernetes/pki/front-proxy-ca.key')
  return () => key
}
