import { defineImage, InputError, SimCluster } from 'simcluster'
import { describe, expect, it, test } from 'vitest'
import { badInput } from '../../support/typed.js'

const ofNode = (options: object): object => ({ nodes: [{ name: 'a', ...options }] })
const taint = { key: 'a', effect: 'NoSchedule' }
const allow = (): object => ({ allowed: true })
const webhook = { type: 'Webhook', review: allow }
const driver = { name: 'gpu.example.com', devices: [{ name: 'gpu-0' }] }

/** Values of the right type that mean nothing, and where the error says they are. */
const wrong: readonly (readonly [options: object, message: string])[] = [
  [{ nodes: [{ name: 'A b' }] }, "nodes[0].name must be a DNS subdomain such as 'node-1'"],
  [{ nodes: [{ name: 'a' }, { name: 'a' }] }, 'nodes[1].name must be unique: "a" is at [0] and [1]'],
  [ofNode({ labels: { 'x y': 'z' } }), 'the name nodes[0].labels["x y"] must be a qualified name'],
  [ofNode({ labels: { x: 'a b' } }), 'nodes[0].labels.x must be empty or letters, digits'],
  [ofNode({ taints: [{ ...taint, key: 'a b' }] }), 'nodes[0].taints[0].key must be a qualified name'],
  [ofNode({ taints: [{ ...taint, value: 'b c' }] }), 'nodes[0].taints[0].value must be empty or letters'],
  [ofNode({ taints: [taint, { ...taint, value: 'b' }] }), 'nodes[0].taints[1] must be unique'],
  [ofNode({ capacity: { cpu: 'x' } }), "nodes[0].capacity.cpu must be a quantity such as '4'"],
  [ofNode({ capacity: { memory: '4GB' } }), 'nodes[0].capacity.memory must be a quantity'],
  [ofNode({ capacity: { mem: '4Gi' } }), 'nodes[0].capacity.mem must be of a resource: cpu, memory'],
  [ofNode({ capacity: { cpu: '-1' } }), 'nodes[0].capacity.cpu must be greater than or equal to 0'],
  [ofNode({ capacity: { pods: '1.5' } }), 'nodes[0].capacity.pods must be an integer'],
  [ofNode({ kubeletVersion: '1.34' }), 'nodes[0].kubeletVersion must be a full version such as'],
  [ofNode({ kubelet: { evictionHard: { 'memory.available': '5x' } } }), 'must be a quantity above 0 such as'],
  [ofNode({ kubelet: { evictionHard: { 'memory.available': '0' } } }), 'must be a quantity above 0 such as'],
  [ofNode({ kubelet: { evictionHard: { 'pid.available': '101%' } } }), 'must be a share between 0% and 100%'],
  [
    ofNode({ kubelet: { evictionHard: { 'memory.avail': '5%' } } }),
    'unknown option nodes[0].kubelet.evictionHard["memory.avail"] (there are: memory.available,',
  ],
  [
    ofNode({ kubelet: { evictionSoft: { 'memory.available': '5%' } } }),
    'nodes[0].kubelet.evictionSoftGracePeriod must have memory.available: evictionSoft has a threshold of it',
  ],
  [
    ofNode({ kubelet: { evictionMinimumReclaim: { 'memory.available': '-1' } } }),
    "must be a quantity such as '500Mi', or a share such as '5%'",
  ],
  [
    ofNode({ kubelet: { shutdownGracePeriod: 10, shutdownGracePeriodCriticalPods: 20 } }),
    'shutdownGracePeriodCriticalPods must be at most shutdownGracePeriod, 10, not 20',
  ],
  [ofNode({ internalIP: 'foo' }), 'nodes[0].internalIP must be an IP address'],
  [ofNode({ internalIP: '10.0.0.5,10.0.0.6' }), 'or one of each family'],
  [
    {
      nodes: [
        { name: 'a', internalIP: '10.0.0.5' },
        { name: 'b', internalIP: '10.0.0.5' },
      ],
    },
    'nodes[1].internalIP must be unique',
  ],
  [ofNode({ zone: 'a b' }), 'nodes[0].zone must be empty or letters'],
  [ofNode({ region: 'a/b' }), 'nodes[0].region must be empty or letters'],
  [ofNode({ staticPods: { 'a.yaml': { kind: 'Deployment' } } }), 'staticPods["a.yaml"] must be a Pod of v1'],
  [ofNode({ staticPods: { 'a.yaml': { metadata: { name: 'A' } } } }), 'must have a valid metadata.name'],
  [
    ofNode({ staticPods: { 'a.yaml': { metadata: { name: 'a' }, spec: {} } } }),
    'at least one of spec.containers',
  ],
  [{ network: { outside: { 'a.com': { ip: 'foo' } } } }, 'network.outside["a.com"].ip must be an IP address'],
  [{ network: { outside: { 'a.com': { ip: '192.0.2.1', ports: [0] } } } }, 'ports[0] must be a port between'],
  [{ network: { outside: { 'a b': { ip: '192.0.2.1' } } } }, 'the name network.outside["a b"] must be a DNS'],
  [{ network: { podCIDR: 'x' } }, 'network.podCIDR is invalid: not a CIDR: x (write 10.244.0.0/16'],
  [{ network: { podCIDR: '10.244.0.0/30' } }, 'network.podCIDR is invalid: node mask /24 does not fit'],
  [{ network: { serviceCIDR: '10.96.0.0' } }, "network.serviceCIDR must be a range such as '10.96.0.0/12'"],
  [
    { access: { authentication: { serviceAccountIssuers: ['x y:'] } } },
    'serviceAccountIssuers[0] must be a URL',
  ],
  [
    { access: { authentication: { oidc: { issuer: 'http://sso.test', clientID: 'a', verify: allow } } } },
    'access.authentication.oidc.issuer must be an https URL',
  ],
  [
    { access: { authentication: { requestHeader: { usernameHeaders: ['a b'] } } } },
    "usernameHeaders[0] must be the name of an HTTP header such as 'X-Remote-User'",
  ],
  [
    { access: { authorization: [{ ...webhook, timeout: 'soon' }] } },
    "access.authorization[0].timeout must be a duration such as '30s'",
  ],
  [
    { access: { authorization: [{ ...webhook, matchConditions: [{ expression: 'a b' }] }] } },
    'access.authorization[0].matchConditions[0].expression is invalid: compilation failed',
  ],
  [
    { access: { authorization: [{ type: 'ABAC', policies: 'x' }] } },
    'access.authorization[0].policies is invalid: ABAC policy, line 1: not a JSON object: x',
  ],
  [
    { access: { authorization: [{ type: 'ABAC', policies: [{ kind: 'Rule' }] }] } },
    'access.authorization[0].policies is invalid: ABAC policy: no kind "Rule" is registered',
  ],
  [{ access: { encryption: 'kind: X' } }, 'access.encryption is invalid: error while parsing file'],
  [{ addons: { loadBalancer: { range: 'x' } } }, 'addons.loadBalancer.range must be a range of addresses'],
  [{ addons: { ingressController: { address: 'x' } } }, 'addons.ingressController.address must be an IP'],
  [{ addons: { ingressController: { className: 'A b' } } }, 'ingressController.className must be a DNS'],
  [
    { addons: { deviceDrivers: [{ ...driver, name: 'GPU' }] } },
    'deviceDrivers[0].name must be a DNS subdomain',
  ],
  [{ addons: { deviceDrivers: [driver, driver] } }, 'addons.deviceDrivers[1].name must be unique'],
  [
    { addons: { deviceDrivers: [{ ...driver, devices: [{ name: 'g G' }] }] } },
    "deviceDrivers[0].devices[0].name must be a DNS label such as 'shop'",
  ],
  [
    {
      addons: {
        deviceDrivers: [{ ...driver, devices: [{ name: 'g', attributes: { m: { string: 'a', int: 1 } } }] }],
      },
    },
    'devices[0].attributes.m must have one of string, version, int and bool',
  ],
  [
    {
      users: [
        { name: 'jane', token: 't' },
        { name: 'joe', token: 't' },
      ],
    },
    'users[1].token must be unique: "t" is at [0] and [1]',
  ],
  [{ storage: { provisioners: ['a b'] } }, 'storage.provisioners[0] must be a qualified name'],
  [
    { scheduler: { percentageOfNodesToScore: 200 } },
    'scheduler.percentageOfNodesToScore must be between 0 and 100',
  ],
  [
    { scheduler: { podInitialBackoffSeconds: -1 } },
    'scheduler.podInitialBackoffSeconds must be greater than 0',
  ],
  [
    { scheduler: { podInitialBackoffSeconds: 20 } },
    'podMaxBackoffSeconds of at least podInitialBackoffSeconds, 20',
  ],
  [
    { scheduler: { configuration: { podInitialBackoffSeconds: 5, podMaxBackoffSeconds: 2 } } },
    'scheduler.configuration must have a podMaxBackoffSeconds of at least podInitialBackoffSeconds, 5',
  ],
  [
    { scheduler: { profiles: [{}, {}] } },
    'scheduler.profiles[1].schedulerName must be unique: "default-scheduler"',
  ],
  [
    { kubeadm: { advertiseAddress: 'foo:6443' } },
    'kubeadm.advertiseAddress must be an IP address and a port',
  ],
  [
    { kubeadm: { advertiseAddress: '10.0.0.1:99999' } },
    'kubeadm.advertiseAddress must be an IP address and a port',
  ],
  [{ kubeadm: { dnsDomain: 'A b' } }, 'kubeadm.dnsDomain must be a DNS subdomain'],
  [{ kubeadm: { certSANs: ['a b'] } }, 'kubeadm.certSANs[0] must be a DNS name or an IP address'],
  [{ kubeadm: { controlPlaneEndpoint: 'a b:1' } }, 'kubeadm.controlPlaneEndpoint must be a host'],
  [{ kubeadm: { certificateValidityPeriod: 0 } }, 'certificateValidityPeriod must be longer than nothing'],
  [{ kubeadm: { nodeName: 'A b' } }, 'kubeadm.nodeName must be a DNS subdomain'],
  [{ time: { start: 1.5 } }, 'time.start must be whole milliseconds since 1970'],
  [{ time: { start: -5 } }, 'time.start must be whole milliseconds since 1970'],
  [{ time: { start: 1e18 } }, 'time.start must be whole milliseconds since 1970'],
  [{ version: 'v1.99' }, 'version must be a Kubernetes version from v1.13 to v1.36'],
  [{ containers: { behaviors: { 'Shop/Web': {} } } }, 'behaviors["Shop/Web"] must be namespace/pod'],
  [{ containers: { behaviors: { 'shop/web': { exitCode: 256 } } } }, 'exitCode must be at most 255, not 256'],
  [{ limits: { steps: 0 } }, 'limits.steps must be at least 1, not 0'],
  [{ webhooks: { 'https://x y/': allow } }, 'the name webhooks["https://x y/"] must be a URL without spaces'],
  [{ admission: { enable: ['AlwaysPull'] } }, 'admission.enable: there is no admission plugin "AlwaysPull"'],
]

test.each(wrong)('%j is refused', (options, message) => {
  const create = (): SimCluster => new SimCluster(badInput(options))
  expect(create).toThrow(InputError)
  expect(create).toThrow(message)
  expect(create).toThrow(/^new SimCluster\(\): /)
})

/** The same options with values at the edge of what is valid. */
const right: readonly object[] = [
  ofNode({ labels: { 'node-role.kubernetes.io/control-plane': '', 'example.com/disk': 'SSD_1.2' } }),
  ofNode({ taints: [taint, { ...taint, effect: 'NoExecute' }] }),
  ofNode({ capacity: { cpu: '500m', memory: '1e9', 'hugepages-1Gi': '2Gi', 'example.com/gpu': '2' } }),
  ofNode({ kubeletVersion: 'v1.13.7-gke.8' }),
  ofNode({ kubelet: { evictionHard: { 'memory.available': '0%', 'nodefs.available': '12.5%' } } }),
  ofNode({
    kubelet: {
      evictionSoft: { 'memory.available': '1Gi' },
      evictionSoftGracePeriod: { 'memory.available': 90_000 },
    },
  }),
  { nodes: [{ name: 'a', internalIP: '10.0.0.5,fd00::5' }] },
  { network: { podCIDR: '10.244.0.0/16,fd00:10:244::/56', serviceCIDR: '10.96.0.0/12,fd00:10::/112' } },
  {
    network: { serviceCIDR: 'fd00:10::/112', podCIDR: 'fd00:10:244::/56' },
    kubeadm: { advertiseAddress: '[fd00::a]:6443' },
  },
  { kubeadm: { controlPlaneEndpoint: '[fd00::a]:6443', certSANs: ['*.example.com', '192.0.2.1'] } },
  { access: { authentication: { serviceAccountIssuers: ['kubernetes/serviceaccount'] } } },
  { access: { encryption: '' } },
  { scheduler: { percentageOfNodesToScore: 0, podInitialBackoffSeconds: 0.5, podMaxBackoffSeconds: 0.5 } },
  { time: { start: 0 } },
  { version: '1.36.2' },
]

it.each(right)('%j is accepted', (options) => {
  const cluster = new SimCluster(badInput(options))
  cluster.settle()
  expect(cluster.list('nodes').items.length).toBe(cluster.nodes().length)
})

describe('a machine that is added later', () => {
  it('is checked as those of the options', () => {
    const cluster = new SimCluster({ nodes: 1 })
    expect(() => cluster.addNode(badInput({ name: 'b', zone: 'a b' }))).toThrow(
      /^addNode\(\): node\.zone must be empty or letters/,
    )
    expect(() => cluster.addNode({ name: 'node-1' })).toThrow(InputError)
  })

  it('is not under pressure with a threshold of all that it has', () => {
    const kubelet = { evictionHard: { 'memory.available': '100%' } }
    const cluster = new SimCluster({ nodes: [{ name: 'a', kubelet }] })
    cluster.advance('1m')
    const { conditions = [] } = cluster.get('nodes', 'a').status
    expect(conditions.find(({ type }) => type === 'MemoryPressure')?.status).toBe('False')
  })
})

describe('the error of several faults', () => {
  const nodes = (options: object): object => ({
    nodes: Array.from({ length: 9 }, (_, at) => ({ name: `n${at}`, ...options })),
  })

  it('tells once what all entries of a list have in common', () => {
    expect(() => new SimCluster(badInput(nodes({ capacity: { pods: 250 } })))).toThrow(
      /: nodes\[0\]\.capacity\.pods must be a string, not 250 \(and 8 more like it\)\. Write for example: .*pods: '250'/,
    )
  })

  it('lists once what there is, behind the last unknown key', () => {
    expect(() => new SimCluster(badInput(ofNode({ foo: 1, bar: 2 })))).toThrow(
      /: unknown option nodes\[0\]\.foo; unknown option nodes\[0\]\.bar \(there are: name, labels, /,
    )
  })

  it('names the group of a key that stands a level too high', () => {
    expect(() => new SimCluster(badInput(ofNode({ cpu: '4', memroy: '4Gi' })))).toThrow(
      'nodes[0].cpu (did you mean nodes[0].capacity.cpu?); ' +
        'unknown option nodes[0].memroy (did you mean nodes[0].capacity.memory?)',
    )
  })
})

describe('a copy', () => {
  const cluster = new SimCluster({ nodes: 1 })

  it.each(['nodes', 'disable', 'manifests', 'addons', 'limits', 'like'])(
    'has the %s of its original, so that another one is an error',
    (option) => {
      const options = badInput<object>({ [option]: option === 'nodes' ? 5 : {} })
      const snapshot = cluster.snapshot()
      const unknown = new RegExp(`unknown option ${option} \\(there are: version, seed`)
      expect(() => cluster.fork(options)).toThrow(unknown)
      expect(() => cluster.fork(options)).toThrow(/^fork\(\): .*Write for example: cluster\.fork\(/)
      expect(() => SimCluster.restore(snapshot, options)).toThrow(/^restore\(\): /)
      expect(() => cluster.rewind(snapshot, options)).toThrow(/^rewind\(\): /)
    },
  )

  it('may change one member of a group, and no other', () => {
    expect(() => cluster.fork(badInput({ time: { start: 5 } }))).toThrow(
      'unknown option time.start (there are: interleaving, events, heartbeats)',
    )
    expect(cluster.fork({ time: { interleaving: 'seeded' } }).now()).toBe(cluster.now())
  })
})

describe('a value of a method', () => {
  const cluster = new SimCluster({ nodes: 1, addons: { metricsServer: true } })
  const node = cluster.node('node-1')
  const pod = { metadata: { name: 'web' }, spec: { containers: [{ name: 'web' }] } }
  const calls: readonly (readonly [says: string, call: () => unknown])[] = [
    [
      'staticPod(): pod must be a Pod of v1',
      () => node.staticPod('a.yaml', badInput({ kind: 'Deployment' })),
    ],
    ['each with a name and an image', () => node.staticPod('a.yaml', badInput(pod))],
    ["file must be the name of a file such as 'web.yaml'", () => node.removeStaticPod('a/b.yaml')],
    ['install(): version must be a full version such as', () => node.kubelet.install('banana')],
    ['usage.memory must be at least 0, not -1', () => node.setSystemUsage({ memory: -1 })],
    ["value must be a quantity such as '4'", () => cluster.metrics.setExternalMetric('queue', 'many')],
    [
      'usage.memory must be a quantity',
      () => cluster.metrics.setUsage({ namespace: 'a' }, { memory: '4GB' }),
    ],
    ["namespace must be a DNS label such as 'shop'", () => cluster.in('A b')],
    ['or whole milliseconds, not 1.5', () => cluster.advance(1.5)],
    ['is not a valid image name', () => defineImage({ name: 'A B' })],
    [
      "ports[1] must be a port such as 8080 or '53/UDP'",
      () => defineImage({ name: 'a:1', ports: [80, '53/ICMP'] }),
    ],
    ['ports[0] must be a port such as 8080', () => defineImage({ name: 'a:1', ports: [0] })],
    [
      "sinceTime must be a time such as '2026-01-01T00:00:00Z'",
      () => cluster.logs('web', { sinceTime: 'noon' }),
    ],
  ]

  it.each(calls)('that means nothing is an error: %s', (says, call) => {
    expect(call).toThrow(InputError)
    expect(call).toThrow(says)
  })
})
