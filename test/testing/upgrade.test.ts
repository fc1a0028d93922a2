import { describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { planUpgrade, rehearseUpgrade } from 'simcluster/testing'

const budget = `apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: { name: web }
spec: { minAvailable: 1, selector: { matchLabels: { app: web } } }
`
const ingress = `apiVersion: networking.k8s.io/v1beta1
kind: Ingress
metadata: { name: web }
spec: { rules: [{ http: { paths: [{ path: /, backend: { serviceName: web, servicePort: 80 } }] } }] }
`
const policy = `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: { name: strict }
spec:
  seLinux: { rule: RunAsAny }
  runAsUser: { rule: RunAsAny }
  fsGroup: { rule: RunAsAny }
  supplementalGroups: { rule: RunAsAny }
`
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: nginx }] }
`

describe('planUpgrade() of manifests', () => {
  test('says with which release an API version goes, and what to run before', () => {
    const { findings, objects } = planUpgrade([{ path: 'pdb.yaml', text: `\n${budget}` }], {
      from: 'v1.24',
      to: 'v1.26',
    })
    expect(objects).toBe(1)
    expect(findings).toEqual([
      {
        release: 'v1.25',
        change: 'removed',
        object: 'PodDisruptionBudget web',
        message: 'policy/v1beta1 PodDisruptionBudget was removed in v1.25: use policy/v1',
        repair: 'kubectl convert -f pdb.yaml --output-version policy/v1',
        file: 'pdb.yaml',
        line: 2,
      },
    ])
  })

  test('says what of an object the new API version refuses', () => {
    const { findings } = planUpgrade(ingress, { from: 'v1.21', to: 'v1.23' })
    expect(findings.map(({ release, change }) => `${release} ${change}`)).toEqual([
      'v1.22 removed',
      'v1.22 invalid',
    ])
    expect(findings[1]?.message).toContain('serviceName')
  })

  test('knows that nothing replaces some kinds', () => {
    const { findings } = planUpgrade(policy, { from: 'v1.24', to: 'v1.25' })
    expect(findings).toMatchObject([{ change: 'removed', release: 'v1.25', repair: 'remove it from FILE' }])
    expect(findings[0]?.message).toContain('pod-security.kubernetes.io/enforce')
  })

  test('tells each object once, in the order of the releases', () => {
    const { findings } = planUpgrade([budget, ingress, policy, deployment].join('---\n'), {
      from: 'v1.20',
      to: 'v1.35',
    })
    const removed = findings.filter(({ change }) => change === 'removed')
    expect(removed.map(({ release, object }) => `${release} ${object}`)).toEqual([
      'v1.22 Ingress web',
      'v1.25 PodDisruptionBudget web',
      'v1.25 PodSecurityPolicy strict',
    ])
  })

  test('finds nothing to repair in what every release serves', () => {
    const { findings } = planUpgrade(deployment, { from: 'v1.28', to: 'v1.35' })
    expect(findings.filter(({ change }) => change !== 'default')).toEqual([])
  })

  test('names what a release does not serve even before the upgrade', () => {
    const { findings } = planUpgrade(budget, { from: 'v1.30', to: 'v1.31' })
    expect(findings).toMatchObject([{ release: 'v1.30', change: 'removed' }])
  })

  test('names what only a later release serves', () => {
    const range = 'apiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\nmetadata: { name: more }\nspec: {}\n'
    const { findings } = planUpgrade(range, { from: 'v1.31', to: 'v1.34' })
    expect(findings.filter(({ change }) => change !== 'invalid')).toMatchObject([
      {
        release: 'v1.31',
        change: 'early',
        message: 'networking.k8s.io/v1 ServiceCIDR is served since v1.33, and this cluster is v1.31',
        repair: 'leave it out until v1.33',
      },
    ])
  })

  test('names feature gates that are locked or unknown', () => {
    const kubelet = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
featureGates: { SidecarContainers: false, PodSchedulingReadiness: true }
`
    const { findings } = planUpgrade(kubelet, { from: 'v1.29', to: 'v1.33' })
    expect(findings.map(({ release, message }) => `${release} ${message.split(' ')[0] ?? ''}`)).toEqual([
      'v1.30 PodSchedulingReadiness',
      'v1.33 SidecarContainers',
    ])
    expect(findings[1]?.message).toBe(
      'SidecarContainers is locked to true in v1.33: the component does not start with false',
    )
    const flag = `apiVersion: v1
kind: Pod
metadata: { name: kube-apiserver }
spec:
  containers:
    - { name: a, image: nginx, command: [kube-apiserver, --feature-gates=UserNamespacesPodSecurityStandards=true] }
`
    expect(planUpgrade(flag, { from: 'v1.34', to: 'v1.35' }).findings).toMatchObject([
      {
        change: 'gate',
        release: 'v1.35',
        repair: 'remove UserNamespacesPodSecurityStandards from the feature gates',
      },
    ])
  })

  test('says what it cannot judge, instead of nothing', () => {
    const widget = 'apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: w }\n'
    const gates =
      'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfeatureGates: { Mine: true }\n'
    const { findings, notChecked } = planUpgrade(`${widget}---\n${gates}---\n- a list\n`, {
      from: 'v1.34',
      to: 'v1.35',
    })
    expect(findings).toEqual([])
    expect(notChecked.join('\n')).toContain('Widget of example.com/v1 is not checked')
    expect(notChecked.join('\n')).toContain('feature gate Mine of KubeletConfiguration')
    expect(notChecked.join('\n')).toContain('a document is not an object')
  })

  test('refuses to go back or nowhere', () => {
    expect(() => planUpgrade(budget, { from: 'v1.30', to: 'v1.29' })).toThrow('to must be a later minor')
    expect(() => planUpgrade(budget, { from: 'v1.35' })).toThrow('goes nowhere')
    expect(() => planUpgrade(budget, { from: 'v1.99' })).toThrow('not known')
  })
})

describe('planUpgrade() of a cluster', () => {
  test('names clients that write in a version that goes', () => {
    const cluster = new SimCluster({ version: 'v1.24', nodes: 1 })
    cluster.kubectl('apply -f -', { stdin: budget })
    const { findings } = planUpgrade(cluster, { from: 'v1.24', to: 'v1.25' })
    expect(findings).toContainEqual(
      expect.objectContaining({
        release: 'v1.25',
        change: 'client',
        object: 'PodDisruptionBudget default/web',
      }),
    )
  })

  test('names what the next release cannot read in etcd', () => {
    const cluster = new SimCluster({ version: 'v1.24', nodes: 1 })
    cluster.apply(policy)
    const { findings } = planUpgrade(cluster, { from: 'v1.24', to: 'v1.26' })
    const unreadable = findings.filter(({ change }) => change === 'unreadable')
    expect(unreadable).toMatchObject([{ release: 'v1.25', object: '/registry/podsecuritypolicy/strict' }])
    expect(cluster.fork({ version: 'v1.25' }).state.unreadable()).toHaveLength(1)
  })
})

describe('rehearseUpgrade()', () => {
  const clusterOf = (replicas: number, minAvailable: number): SimCluster => {
    const cluster = new SimCluster({ version: 'v1.33', nodes: 3 })
    cluster.apply(deployment.replace('replicas: 2', `replicas: ${replicas}`))
    cluster.apply(budget.replace('v1beta1', 'v1').replace('minAvailable: 1', `minAvailable: ${minAvailable}`))
    return cluster.settle()
  }

  test('upgrades control plane and kubelets minor by minor, without harm where a budget leaves room', () => {
    const cluster = clusterOf(3, 2)
    const rehearsed = rehearseUpgrade(cluster, { to: 'v1.35' })
    expect(rehearsed.map(({ release, report }) => [release, report.services, report.failed])).toEqual([
      ['v1.34', [], []],
      ['v1.35', [], []],
    ])
    expect(cluster.version).toBe('v1.33')
  })

  test('tells which drains a budget blocks', () => {
    const [first] = rehearseUpgrade(clusterOf(2, 2), { to: 'v1.34' })
    expect(first?.report.failed.length).toBeGreaterThan(0)
    expect(first?.report.failed[0]?.message).toContain('disruption budget')
  })
})
