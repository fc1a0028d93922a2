import { describe, expect, it } from 'vitest'
import { SimCluster } from '../../src/index.js'
import { hostOf } from '../../src/host/index.js'

const FORMS = [
  {
    form: 'as written, v1.14',
    version: 'v1.14',
    before: 'v1.13.0',
    tooOld: 'v1.11.9',
    allowed: 'v1.12.0',
    next: '1.15.0',
    beyond: '1.16.0',
    rule: 'kubelet may be up to two minor versions older than kube-apiserver',
  },
  {
    form: 'today, v1.35',
    version: 'v1.35',
    before: 'v1.34.0',
    tooOld: 'v1.31.0',
    allowed: 'v1.32.0',
    next: '1.36.0',
    beyond: '1.37.0',
    rule: 'kubelet may be up to three minor versions older than kube-apiserver',
  },
] as const

describe.each(FORMS)('version upgrade, $form', ({ version, before, tooOld, allowed, next, beyond, rule }) => {
  it(
    'V1: versions are numbers of three parts; what is alpha is off, what is GA on, beta as that minor ' +
      'had it',
    () => {
      const cluster = new SimCluster({ version, nodes: 1 })
      expect(
        JSON.parse((cluster.http.handle({ method: 'GET', path: '/version' }) as { body: string }).body),
      ).toMatchObject({
        major: '1',
        minor: version.slice('v1.'.length),
        gitVersion: expect.stringMatching(/^v\d+\.\d+\.\d+/) as unknown,
      })
      const gates = new Map(
        cluster.versions
          .featureGates()
          .map(({ name, stage, enabled }) => [name, `${stage} ${enabled ? 'on' : 'off'}`]),
      )
      expect([...gates.values()].filter((text) => text === 'ALPHA on' || text === 'GA off')).toEqual([])
      expect([
        gates.get('RunAsGroup'),
        gates.get('ServerSideApply'),
        gates.get('SidecarContainers'),
        gates.get('MutatingAdmissionPolicy'),
      ]).toEqual(
        version === 'v1.14'
          ? ['BETA on', 'ALPHA off', undefined, undefined]
          : [undefined, undefined, 'GA on', 'BETA off'],
      )
      // a gate is removed some minors after its feature has become GA
      expect(gates.has('NodeLease')).toBe(version === 'v1.14')
    },
  )

  it('V2: the parts of a control plane share one version; etcd and CoreDNS have their own', () => {
    const versions = new SimCluster({
      version,
      nodes: [{ name: 'node-1', kubeletVersion: before }],
    }).versions.components()
    const of = (component: string): string | undefined =>
      versions.find((each) => each.component === component)?.version
    expect(new Set(['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(of))).toEqual(
      new Set([`${version}.0`]),
    )
    expect([of('kubelet'), of('etcd'), of('coredns')]).toEqual(
      version === 'v1.14' ? [before, '3.3.10', '1.3.1'] : [before, '3.6.6-0', 'v1.13.1'],
    )
  })

  it('V3: who is out of step is told the rule', () => {
    const skew = (kubeletVersion: string): unknown =>
      new SimCluster({ version, nodes: [{ name: 'node-1', kubeletVersion }] }).versions.skew()
    expect(skew(allowed)).toEqual([])
    expect(skew(tooOld)).toEqual([{ component: 'node-1', version: tooOld, rule }])
    expect(skew(`v${next}`)).toEqual([
      { component: 'node-1', version: `v${next}`, rule: 'kubelet must not be newer than kube-apiserver' },
    ])
  })

  it('V4: a node shows its new version when its kubelet has been restarted, and not before', () => {
    const cluster = new SimCluster({
      version,
      nodes: [{ name: 'node-1', kubeletVersion: before }, { name: 'node-2' }],
    })
    const node = cluster.node('node-1')
    const shown = (): string | undefined => node.object.status.nodeInfo?.kubeletVersion
    expect(node.drain({ ignoreDaemonSets: true }).exitCode).toBe(0)
    node.kubelet.install(`${version}.0`)
    cluster.advance('5m')
    expect(shown()).toBe(before)
    node.kubelet.restart()
    node.uncordon()
    cluster.advance('1m')
    expect([shown(), node.ready]).toEqual([`${version}.0`, true])
  })

  it(
    'V5: the control plane is upgraded one minor at a time, component by component; a minor may not be ' +
      'skipped',
    async () => {
      const cluster = new SimCluster({ version, nodes: 1 })
      const master = hostOf(cluster, 'master')
      const upgrade = (target: string): Promise<{ stderr: string; stdout: string }> =>
        master.sh(
          `apt-get install -y --allow-change-held-packages kubeadm=${target}-1.1; kubeadm upgrade apply ` +
            `-y v${target}`,
        )
      expect((await upgrade(beyond)).stderr).toContain(
        'is too high; kubeadm can upgrade only 1 minor version at a time',
      )
      const { stdout } = await upgrade(next)
      const order = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) =>
        stdout.indexOf(`Preparing for "${name}" upgrade`),
      )
      expect(order).toEqual(order.toSorted((a, b) => a - b))
      expect(cluster.version).toBe(`v1.${next.split('.')[1] ?? ''}`)
      expect(
        cluster.versions.components().find(({ component }) => component === 'kube-apiserver')?.version,
      ).toBe(`v${next}`)
      cluster.advance('1m')
      expect(cluster.nodes().every(({ ready }) => ready)).toBe(true)
    },
  )
})
