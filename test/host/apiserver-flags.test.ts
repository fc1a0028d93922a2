import { describe, expect, test } from 'vitest'
import { type ClusterOptions, SimCluster } from 'simcluster'
import { type Host, hostOf } from '../../src/host/index.js'

const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml'
const ETCDCTL =
  'etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt --key ' +
  '/etc/kubernetes/pki/etcd/server.key'

function newHost(): Host {
  return hostOf(new SimCluster({ like: 'kubeadm', nodes: 1 }), 'master')
}

const terminal = async (host: Host, line: string): Promise<string> => (await host.sh(line)).terminal

interface Mounted {
  readonly path: string
  readonly readOnly: boolean
}

/** Adds flags and mounts to the apiserver's manifest by sed, as on a real machine. */
async function configure(
  host: Host,
  flags: readonly string[],
  mounts: readonly Mounted[] = [],
): Promise<void> {
  const added = flags.map((flag) => `    - ${flag}\\n`)
  const mounted = mounts.map(
    ({ path, readOnly }, at) => `\\n    - {name: v${at}, mountPath: ${path}, readOnly: ${readOnly}}`,
  )
  const volumes = mounts.map(({ path }, at) => `\\n  - {name: v${at}, hostPath: {path: ${path}}}`)
  await host.sh(
    `sed -i -e 's#^    - --etcd-servers#${added.join('')}&#' ` +
      `-e 's#^    volumeMounts:#&${mounted.join('')}#' ` +
      `-e 's#^  volumes:#&${volumes.join('')}#' ${MANIFEST}; sleep 20`,
  )
}

const POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- {level: RequestResponse, namespaces: [prod], resources: [{group: "", resources: [configmaps]}]}
- {level: Metadata, resources: [{group: "", resources: [secrets]}]}
- {level: None}
`
const AUDIT = [
  '--audit-policy-file=/etc/kubernetes/audit/policy.yaml',
  '--audit-log-path=/var/log/audit/audit.log',
]
const AUDIT_MOUNTS = [
  { path: '/etc/kubernetes/audit', readOnly: true },
  { path: '/var/log/audit', readOnly: false },
]

async function audited(policy = POLICY): Promise<Host> {
  const host = newHost()
  await host.sh(
    `mkdir -p /etc/kubernetes/audit /var/log/audit\ncat > /etc/kubernetes/audit/policy.yaml <<'X'\n` +
      `${policy}X`,
  )
  await configure(host, AUDIT, AUDIT_MOUNTS)
  return host
}

interface Line {
  readonly kind: string
  readonly apiVersion: string
  readonly level: string
  readonly verb: string
  readonly user: { readonly username: string }
  readonly objectRef: { readonly resource: string; readonly name: string }
  readonly requestObject?: { readonly data: unknown }
}

async function events(host: Host, path = '/var/log/audit/audit.log'): Promise<readonly Line[]> {
  const text = await terminal(host, `cat ${path}`)
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line)
}

describe('the audit log of a control plane', () => {
  test('has what the policy keeps, as lines of audit.k8s.io/v1 on the machine', async () => {
    const host = await audited()
    await host.sh(`kubectl create namespace prod
kubectl -n prod create configmap c --from-literal=a=b
kubectl create configmap d --from-literal=a=b
kubectl create secret generic s --from-literal=password=hunter2 --as jane --as-group system:masters
kubectl get nodes`)
    const own = (await events(host)).filter(({ user }) => user.username === 'kubernetes-admin')
    expect(
      own.map(({ level, verb, objectRef }) => `${level} ${verb} ${objectRef.resource}/${objectRef.name}`),
    ).toEqual(['RequestResponse create configmaps/c', 'Metadata create secrets/s'])
    expect(own[0]).toMatchObject({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      requestObject: { data: { a: 'b' } },
    })
    expect(own[1]).toMatchObject({ impersonatedUser: { username: 'jane' } })
    expect(own[1]).not.toHaveProperty('requestObject')
  })

  test('goes on in a fork, which has its own, and in a cluster from JSON', async () => {
    const host = await audited()
    const before = (await events(host)).length
    for (const copy of [host.cluster.fork(), SimCluster.fromJSON(host.cluster.toJSON())]) {
      const own = hostOf(copy, 'master')
      copy.kubectl('get secret nothing')
      expect((await events(own)).at(-1)?.objectRef.name).toBe('nothing')
    }
    expect(await events(host)).toHaveLength(before)
  })

  test('ends with its flags, and heartbeats are summed up again', async () => {
    const host = await audited()
    await host.sh(`sed -i '/--audit/d' ${MANIFEST}; sleep 20`)
    const before = (await events(host)).length
    host.cluster.kubectl('get secrets')
    expect(await events(host)).toHaveLength(before)
    expect(host.cluster.internals.bus.has('audit')).toBe(false)
  })

  test('is in the container only, if its folder is not mounted', async () => {
    const host = await audited()
    await host.sh(`sed -i '/mountPath: .var.log.audit/d' ${MANIFEST}; rm -r /var/log/audit; sleep 20`)
    expect(await terminal(host, 'kubectl get secrets; ls /var/log/audit')).toMatch(/No such file/)
  })

  test('starts a new file when it is full, and keeps so many old ones', async () => {
    const policy =
      'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n' +
      '- {level: RequestResponse, resources: [{group: "", resources: [configmaps]}]}\n'
    const host = await audited(policy)
    await configure(host, ['--audit-log-maxsize=1', '--audit-log-maxbackup=2'])
    const data = { big: 'x'.repeat(900_000) }
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      host.cluster.create('configmaps', { metadata: { name }, data })
      host.cluster.advance('1s')
    }
    const names = (await terminal(host, 'ls /var/log/audit')).trim().split(/\s+/)
    expect(names).toHaveLength(3)
    expect(names.filter((name) => /^audit-2026-01-01T00-\d\d-\d\d\.\d{3}\.log$/.test(name))).toHaveLength(2)
  })

  test('can be the log of the container', async () => {
    const host = await audited()
    await host.sh(
      `sed -i 's#audit-log-path=.*#audit-log-path=-#' ${MANIFEST}; sleep 20; kubectl get secret none`,
    )
    const found = await terminal(host, 'crictl logs $(crictl ps --name kube-apiserver -q)')
    expect(found).toMatch(/^\{"kind":"Event".*"name":"none"/m)
  })

  test.each([
    ['kind: Policy', "loading audit policy file: failed decoding: Object 'apiVersion' is missing"],
    [
      POLICY.replace('Metadata', 'Meta'),
      'rules[1].level: Unsupported value: "Meta": supported values: "None"',
    ],
    [
      POLICY.replace('RequestReceived', 'Received'),
      'omitStages[0]: Invalid value: "Received": allowed stages are',
    ],
    [
      POLICY.replaceAll(/^- .*\n/gm, ''),
      'loaded illegal policy with 0 rules: from file /etc/kubernetes/audit/policy.yaml',
    ],
    [
      'rules: [',
      'failed decoding: error converting YAML to JSON: yaml: line 1: did not find expected node content',
    ],
  ])('keeps the apiserver from starting with the policy %j', async (policy, text) => {
    const host = await audited(`${policy}\n`)
    expect(await terminal(host, 'kubectl get nodes')).toContain('was refused')
    expect((await terminal(host, 'tail -1 /var/log/kube-apiserver.log')).replaceAll('\\"', '"')).toContain(
      text,
    )
  })

  test('keeps the apiserver from starting if its folder is mounted read-only', async () => {
    const host = await audited()
    await host.sh(
      `sed -i '/mountPath: .var.log.audit/s/readOnly: false/readOnly: true/' ${MANIFEST}; sleep 20`,
    )
    expect(await terminal(host, 'tail -1 /var/log/kube-apiserver.log')).toContain(
      'ensureLogFile: open /var/log/audit/audit.log: read-only file system',
    )
  })
})

describe('encryption at rest on a control plane', () => {
  const write = (host: Host, providers: string): Promise<unknown> =>
    host.sh(`mkdir -p /etc/kubernetes/enc; cat > /etc/kubernetes/enc/enc.yaml <<X
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers: ${providers}
X`)
  const CBC = '{aescbc: {keys: [{name: key1, secret: $(head -c 32 /dev/urandom | base64)}]}}'
  const inEtcd = (host: Host, name: string): Promise<string> =>
    terminal(
      host,
      `${ETCDCTL} get /registry/secrets/default/${name} --print-value-only | hexdump -C | head -2`,
    )

  async function encrypted(
    providers = `[${CBC}, {identity: {}}]`,
    flags: readonly string[] = [],
  ): Promise<Host> {
    const host = newHost()
    await host.sh('kubectl create secret generic old --from-literal=password=hunter2')
    await write(host, providers)
    await configure(
      host,
      ['--encryption-provider-config=/etc/kubernetes/enc/enc.yaml', ...flags],
      [{ path: '/etc/kubernetes/enc', readOnly: true }],
    )
    return host
  }

  test('hides new Secrets first, and the old ones when they are replaced', async () => {
    const host = await encrypted()
    await host.sh('kubectl create secret generic new --from-literal=password=hunter2')
    expect(await inEtcd(host, 'old')).toContain('{"kind":"Secret"')
    expect(await inEtcd(host, 'new')).toMatch(/\|k8s:enc:aescbc:v\|\n.*\|1:key1:/)
    expect(await terminal(host, 'kubectl get secrets -A -o json | kubectl replace -f -')).toContain(
      'secret/old replaced',
    )
    expect(await inEtcd(host, 'old')).toContain('k8s:enc:aescbc:')
    expect(await terminal(host, "kubectl get secret old -o jsonpath='{.data.password}' | base64 -d")).toBe(
      'hunter2',
    )
    expect(
      await terminal(host, `${ETCDCTL} get /registry/secrets/default/old -w json | grep -c hunter`),
    ).toBe('0\n')
  })

  test('reads its file at the start, or whenever it changes with automatic reload', async () => {
    const host = await encrypted()
    await host.sh(
      'sed -i s/key1/key2/ /etc/kubernetes/enc/enc.yaml; sleep 60; kubectl create secret generic a',
    )
    expect(await inEtcd(host, 'a')).toContain('|1:key1:')
    const reloading = await encrypted(undefined, ['--encryption-provider-config-automatic-reload=true'])
    await reloading.sh(
      'sed -i s/key1/key2/ /etc/kubernetes/enc/enc.yaml; sleep 60; kubectl create secret generic a',
    )
    expect(await inEtcd(reloading, 'a')).toContain('|1:key2:')
    await reloading.sh('echo x > /etc/kubernetes/enc/enc.yaml; sleep 60; kubectl create secret generic b')
    expect(await inEtcd(reloading, 'b')).toContain('|1:key2:')
    expect(await terminal(reloading, 'tail -1 /var/log/kube-apiserver.log')).toContain(
      'failed to process encryption config',
    )
  })

  test('that was removed leaves Secrets nobody can read', async () => {
    const host = await encrypted()
    await host.sh(`kubectl create secret generic new; sed -i /encryption-provider/d ${MANIFEST}; sleep 20`)
    expect(await terminal(host, 'kubectl get secret new')).toBe(
      'Error from server (InternalError): Internal error occurred: identity transformer tried to read ' +
        'encrypted data\n',
    )
  })

  test('keeps the apiserver from starting with a short key, or a file that is not mounted', async () => {
    const host = await encrypted('[{aescbc: {keys: [{name: key1, secret: aGVsbG8=}]}}]')
    expect(await terminal(host, 'tail -1 /var/log/kube-apiserver.log')).toContain(
      'aescbc.keys[0].secret: Invalid value: \\"REDACTED\\": secret is not of the expected length, got 5, ' +
        'expected one of [16 24 32]',
    )
    const other = newHost()
    await configure(other, ['--encryption-provider-config=/root/enc.yaml'])
    expect(await terminal(other, 'tail -1 /var/log/kube-apiserver.log')).toContain(
      'open /root/enc.yaml: no such file or directory',
    )
  })
})

test('random bytes of a machine differ each time, and not between runs', async () => {
  const line =
    'for i in 1 2; do head -c 32 /dev/urandom | base64; done; openssl rand -base64 24; openssl rand -hex 4'
  const [first, second] = [await terminal(newHost(), line), await terminal(newHost(), line)]
  expect(first).toBe(second)
  const [one, two, base64 = '', hex] = first.trim().split('\n')
  expect(one).not.toBe(two)
  expect(Buffer.from(base64, 'base64')).toHaveLength(24)
  expect(hex).toMatch(/^[\da-f]{8}$/)
})

describe('modes of authorization in the manifest', () => {
  const FILE = '/etc/kubernetes/pki/abac.jsonl'
  const FLAG = '--authorization-policy-file'
  const POLICY =
    '{"apiVersion": "abac.authorization.kubernetes.io/v1beta1", "kind": "Policy", ' +
    '"spec": {"user": "auditor", "namespace": "*", "resource": "pods", "readonly": true}}'

  test('ABAC allows what a line of its file says, until the mode goes again', async () => {
    const host = hostOf(new SimCluster({ nodes: 1, like: 'kubeadm' }).settle(), 'master')
    const may = async (what: string): Promise<string> =>
      (await host.sh(`kubectl auth can-i ${what} --as auditor`)).stdout.split(' ')[0]?.trim() ?? ''
    await host.sh(`echo '${POLICY}' > ${FILE}`)
    expect(await may('list pods')).toBe('no')
    await host.sh(`sed -i 's#=Node,RBAC#=Node,ABAC,RBAC\\n    - ${FLAG}=${FILE}#' ${MANIFEST}; sleep 10`)
    expect([await may('list pods'), await may('delete pods'), await may('list secrets')]).toEqual([
      'yes',
      'no',
      'no',
    ])
    await host.sh(`sed -i 's#=Node,ABAC,RBAC#=Node,RBAC#; /policy-file/d' ${MANIFEST}; sleep 10`)
    expect(await may('list pods')).toBe('no')
  })

  test.each([
    ['Node,ABAC', "authorization-mode ABAC's authorization policy file not passed"],
    ['Node,RBAC,Webhook', "authorization-mode Webhook's authorization config file not passed"],
    ['RBAC,RBAC', 'has mode specified more than once'],
    [
      'RBAC\\n    - --authorization-policy-file=/x',
      'cannot specify --authorization-policy-file without mode ABAC',
    ],
    ['ABAC\\n    - --authorization-policy-file=/x', 'open /x: no such file or directory'],
  ])('an apiserver with --authorization-mode=%s does not start', async (modes, fault) => {
    const host = hostOf(new SimCluster({ nodes: 1, like: 'kubeadm' }).settle(), 'master')
    await host.sh(`sed -i 's#=Node,RBAC#=${modes}#' ${MANIFEST}; sleep 20`)
    expect((await host.sh('kubectl get nodes')).stderr).toContain('refused')
    expect((await host.sh('cat /var/log/kube-apiserver.log')).stdout).toContain(fault)
  })
})

describe('authorization by a webhook', () => {
  const CONFIG = `apiVersion: v1
kind: Config
clusters: [{name: authz, cluster: {server: https://authz.example.com:8443/review}}]
users: [{name: apiserver, user: {}}]
contexts: [{name: own, context: {cluster: authz, user: apiserver}}]
current-context: own
`
  async function configured(access: NonNullable<ClusterOptions['access']>): Promise<Host> {
    const host = hostOf(new SimCluster({ like: 'kubeadm', nodes: 1, access }), 'master')
    await host.sh(`cat > /etc/kubernetes/pki/authz.conf <<'X'\n${CONFIG}X`)
    await host.sh(
      `sed -i 's#=Node,RBAC#=Node,RBAC,Webhook\\n    - --authorization-webhook-config-file=` +
        `/etc/kubernetes/pki/authz.conf#' ${MANIFEST}; sleep 20`,
    )
    return host
  }
  const canAlice = 'kubectl auth can-i list pods --as=alice'

  test.each(['https://authz.example.com:8443', 'https://authz.example.com:8443/review'])(
    'the function for %s decides what RBAC has no opinion of, also in a fork',
    async (url) => {
      const asked: unknown[] = []
      const host = await configured({
        authorizationWebhooks: {
          [url]: ({ spec }) => {
            asked.push(spec.resourceAttributes)
            return { allowed: spec.user === 'alice', reason: 'alice may' }
          },
        },
      })
      expect(await terminal(host, canAlice)).toContain('yes')
      expect(await terminal(host, 'kubectl auth can-i list pods --as=bob')).toContain('no')
      expect(asked).toContainEqual({
        verb: 'list',
        group: '',
        version: '',
        resource: 'pods',
        namespace: 'default',
      })
      expect(await terminal(hostOf(host.cluster.fork(), 'master'), canAlice)).toContain('yes')
    },
  )

  test('a server that cannot be reached has no opinion, and the error says how to give one', async () => {
    const host = await configured({})
    expect(await terminal(host, 'kubectl get nodes')).toContain('Ready')
    const found = await terminal(host, canAlice)
    expect(found).toMatch(/no/)
    const review = host.cluster.client.create('subjectaccessreviews', {
      metadata: {},
      spec: { user: 'alice', resourceAttributes: { verb: 'list', resource: 'pods', namespace: 'default' } },
    }) as { readonly status?: { readonly evaluationError?: string } }
    expect(review.status?.evaluationError).toMatch(
      /dial tcp authz\.example\.com:8443: connect: connection refused .*authorizationWebhooks: \{ 'https:\/\/authz/,
    )
  })

  test('rules in place of a function allow, deny or have no opinion, and curl asks them too', async () => {
    const url = 'http://10.0.0.50:8080'
    const config = CONFIG.replace('https://authz.example.com:8443/review', `${url}/`)
    const own = new SimCluster({
      like: 'kubeadm',
      nodes: 1,
      access: {
        authorizationWebhooks: {
          [url]: [
            { user: 'bob', effect: 'deny', reason: 'bob is on leave' },
            {
              group: 'readers',
              verbs: ['list'],
              resources: ['pods'],
              namespaces: ['office'],
              effect: 'allow',
            },
          ],
        },
      },
    })
    const host = hostOf(own, 'master')
    await host.sh(`cat > /etc/kubernetes/pki/authz.conf <<'X'\n${config}X`)
    own.kubectl('create clusterrolebinding bob --clusterrole=view --user=bob')
    await host.sh(
      `sed -i 's#=Node,RBAC#=Node,Webhook,RBAC\\n    - --authorization-webhook-config-file=` +
        `/etc/kubernetes/pki/authz.conf#' ${MANIFEST}; sleep 20`,
    )
    const may = async (who: string, what: string): Promise<boolean> =>
      (await host.sh(`kubectl ${what} ${who}`)).exitCode === 0
    expect(await may('--as=eve --as-group=readers', 'get pods -n office')).toBe(true)
    expect(await may('--as=eve --as-group=readers', 'get pods')).toBe(false)
    expect(await may('--as=eve --as-group=readers', 'get pods/a -n office')).toBe(false)
    expect(await may('--as=eve', 'get pods -n office')).toBe(false)
    expect(await terminal(host, 'kubectl get pods --as=bob')).toContain('bob is on leave')
    const copy = SimCluster.fromJSON(JSON.parse(JSON.stringify(own)))
    expect(await terminal(hostOf(copy, 'master'), 'kubectl get pods --as=bob')).toContain('bob is on leave')
    const review = '{"kind":"SubjectAccessReview","spec":{"user":"bob"}}'
    expect(await terminal(host, `curl -s -d '${review}' ${url}/`)).toContain(
      '"denied":true,"reason":"bob is on',
    )
    expect(await terminal(host, `curl -s -w '%{http_code}' ${url}/`)).toMatch(/400$/)
    expect(await terminal(host, `curl -s -o /dev/null -w '%{http_code}' -d '{"kind":"Pod"}' ${url}/`)).toBe(
      '400',
    )
  })

  test('a cluster whose server nobody gives is written and read as JSON', async () => {
    const host = await configured({})
    const json: unknown = JSON.parse(JSON.stringify(host.cluster))
    // what JSON.parse returns is what fromJSON checks
    const copy = SimCluster.fromJSON(json as Parameters<typeof SimCluster.fromJSON>[0])
    expect(JSON.stringify(copy)).toBe(JSON.stringify(host.cluster))
    const other = hostOf(copy, 'master')
    expect(await terminal(other, 'kubectl get nodes')).toContain('Ready')
    expect((await other.sh(canAlice)).exitCode).toBe(1)
  })

  test('a rule with an unknown key is refused', () => {
    const create = (): SimCluster =>
      new SimCluster({
        // @ts-expect-error: what a caller without types may write
        access: { authorizationWebhooks: { 'http://a.test': [{ effect: 'allow', verb: 'list' }] } },
      })
    expect(create).toThrow(/verb/)
  })

  test('a key that is no URL is refused', () => {
    expect(
      () =>
        new SimCluster({ access: { authorizationWebhooks: { 'default/authz': () => ({ allowed: true }) } } }),
    ).toThrow(/https:\/\/authz\.test/)
  })
})

describe('the file of --authorization-config', () => {
  const URL = 'https://authz.example.com:8443/review'
  const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{name: authz, cluster: {server: ${URL}}}]
contexts: [{name: own, context: {cluster: authz}}]
current-context: own
`
  const webhook = (more = '', timeout = '3s', policy = 'NoOpinion'): string => `- type: Webhook
  name: authz
  webhook:
    timeout: ${timeout}
    subjectAccessReviewVersion: v1
    failurePolicy: ${policy}
    connectionInfo: {type: KubeConfigFile, kubeConfigFile: /etc/kubernetes/pki/authz.conf}
${more}`
  const config = (...authorizers: readonly string[]): string =>
    `apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers:\n` +
    authorizers.map((each) => `${each.trimEnd()}\n`).join('')
  const NODE = '- {type: Node, name: node}'
  const RBAC = '- {type: RBAC, name: rbac}'

  type Webhooks = NonNullable<NonNullable<ClusterOptions['access']>['authorizationWebhooks']>

  async function configured(file: string, authorizationWebhooks: Webhooks = {}): Promise<Host> {
    const access = { authorizationWebhooks }
    const host = hostOf(new SimCluster({ like: 'kubeadm', nodes: 1, access }), 'master')
    host.write('/etc/kubernetes/pki/authz.conf', KUBECONFIG)
    host.write('/etc/kubernetes/pki/authorization.yaml', file)
    await host.sh(
      `sed -i 's#--authorization-mode=Node,RBAC#--authorization-config=` +
        `/etc/kubernetes/pki/authorization.yaml#' ${MANIFEST}; sleep 20`,
    )
    return host
  }
  const as = async (host: Host, user: string): Promise<string> =>
    terminal(host, `kubectl get pods --as=${user}`)

  test('has the authorizers in their order', async () => {
    const host = await configured(config(NODE, RBAC))
    expect(await terminal(host, 'kubectl get nodes')).toContain('Ready')
    expect(await as(host, 'alice')).toContain('Forbidden')
    const asks = await configured(config(NODE, webhook(), RBAC), {
      [URL]: [{ user: 'alice', effect: 'allow' }],
    })
    expect(await as(asks, 'alice')).toContain('No resources found')
    expect(await as(asks, 'bob')).toContain('Forbidden')
  })

  test.each([
    ['NoOpinion', 'No resources found'],
    ['Deny', `Post "${URL}?timeout=3s": context deadline exceeded`],
  ])('%s decides once a server is slower than its timeout', async (policy, told) => {
    const slow = [{ user: 'alice', effect: 'deny', takes: 5000 }] as const
    const file = (timeout: string): string => config(NODE, webhook('', timeout, policy), RBAC)
    const viewed = async (timeout: string): Promise<string> => {
      const host = await configured(file(timeout), { [URL]: slow })
      await host.sh('kubectl create clusterrolebinding alice --clusterrole=view --user=alice')
      return as(host, 'alice')
    }
    expect(await viewed('3s')).toContain(told)
    expect(await viewed('5s')).toContain('Forbidden')
  })

  test('keeps what a server has said for authorizedTTL and unauthorizedTTL, also in a copy', async () => {
    let people = ['alice']
    const more = '    authorizedTTL: 1m\n    unauthorizedTTL: 10s\n'
    const host = await configured(config(NODE, webhook(more), RBAC), {
      [URL]: ({ spec }) => ({ allowed: people.includes(spec.user ?? '') }),
    })
    expect(await as(host, 'alice')).toContain('No resources found')
    expect(await as(host, 'bob')).toContain('Forbidden')
    people = ['bob']
    const fork = hostOf(host.cluster.fork(), 'master')
    for (const each of [host, fork]) {
      expect(await as(each, 'alice')).toContain('No resources found')
      expect(await as(each, 'bob')).toContain('Forbidden')
    }
    host.cluster.advance('11s')
    expect(await as(host, 'alice')).toContain('No resources found')
    expect(await as(host, 'bob')).toContain('No resources found')
    host.cluster.advance('1m')
    expect(await as(host, 'alice')).toContain('Forbidden')
  })

  test('asks only about what its match conditions hold for', async () => {
    const asked: string[] = []
    const more =
      '    matchConditionSubjectAccessReviewVersion: v1\n    matchConditions:\n' +
      '    - expression: has(request.resourceAttributes) && ' +
      "request.resourceAttributes.namespace == 'default'\n" +
      '    - expression: "!(\'system:nodes\' in request.groups)"\n'
    const host = await configured(config(NODE, webhook(more), RBAC), {
      [URL]: ({ spec }) => {
        asked.push(spec.user ?? '')
        return { allowed: true }
      },
    })
    expect(await as(host, 'alice')).toContain('No resources found')
    expect(await terminal(host, 'kubectl get pods -A --as=eve')).toContain('Forbidden')
    expect(new Set(asked)).toEqual(new Set(['alice']))
  })

  test.each([
    ['kind: Pod\napiVersion: v1\n', 'no kind \\"Pod\\" is registered for version \\"v1\\"'],
    [config().replace('authorizers:\n', 'authorizers: []\n'), 'authorizers: Required value: at least one'],
    [config(NODE, NODE), 'authorizers[1].type: Duplicate value: \\"Node\\"'],
    [config('- {type: Magic, name: m}'), 'authorizers[0].type: Unsupported value: \\"Magic\\"'],
    [
      config(webhook('', '31s')),
      'authorizers[0].webhook.timeout: Invalid value: \\"31s\\": must be > 0s and <=',
    ],
    [config(webhook('', '3s', 'Ignore')), 'webhook.failurePolicy: Unsupported value: \\"Ignore\\"'],
    [config(webhook('    timeOut: 3s\n')), 'unknown field \\"authorizers[0].webhook.timeOut\\"'],
    [
      config(
        webhook(
          "    matchConditionSubjectAccessReviewVersion: v1\n    matchConditions: [{expression: '1'}]\n",
        ),
      ),
      'matchConditions[0].expression: Invalid value: \\"1\\": must evaluate to bool',
    ],
  ])('keeps the apiserver from starting: %s', async (file, words) => {
    const host = await configured(file)
    expect(await terminal(host, 'tail -1 /var/log/kube-apiserver.log')).toContain(words)
  })

  test('is not to be named together with --authorization-mode', async () => {
    const host = newHost()
    host.write('/etc/kubernetes/pki/authorization.yaml', config(NODE, RBAC))
    await configure(host, ['--authorization-config=/etc/kubernetes/pki/authorization.yaml'])
    expect(await terminal(host, 'tail -1 /var/log/kube-apiserver.log')).toContain(
      '--authorization-config can not be specified when --authorization-mode or --authorization-webhook-*',
    )
  })
})
