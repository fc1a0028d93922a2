import { beforeAll, describe, expect, it, test } from 'vitest'
import { approve, letWorkIn } from '../../examples/user-with-certificate.js'
import { SimCluster } from '../../src/index.js'
import { createRequest, parseCertificates, privateKeyPem } from '../../src/pki/index.js'
import { hasOpenssl, openssl } from '../pki/support.js'

const FORMS = [
  { form: 'as written, v1.14', version: 'v1.14', beta: 'v1beta1' },
  { form: 'today, v1.35', version: 'v1.35', beta: 'v1' },
] as const

const DAY = 86_400_000
const FORBIDDEN =
  'Error from server (Forbidden): pods is forbidden: User "gasbugs" cannot list resource "pods" in ' +
  'API group "" in the namespace "office"\n'
const RULES = [
  {
    apiGroups: ['', 'extensions', 'apps'],
    resources: ['deployments', 'replicasets', 'pods'],
    verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
  },
]

/**
 * The certificate of a user, as `openssl req` and `openssl x509 -req -CA ca.crt -CAkey ca.key -days DAYS`
 * make it.
 */
function credentials(
  cluster: SimCluster,
  user: string,
  group: string,
  days: number,
): { readonly certificate: string; readonly key: string } {
  return cluster.pki.clientCertificate(
    { commonName: user, organizations: [group] },
    { notBefore: cluster.now(), validFor: days * DAY },
  )
}

/**
 * A kubeconfig of the administrator with a second user and context, as `kubectl config set-credentials` and
 * `set-context` leave it.
 */
function configWith(
  cluster: SimCluster,
  user: string,
  { certificate, key }: { readonly certificate: string; readonly key: string },
  namespace: string,
): string {
  return cluster.pki
    .read('/etc/kubernetes/admin.conf')
    .replace(
      /^contexts:\n/m,
      `contexts:\n- context:\n    cluster: kubernetes\n    namespace: ${namespace}\n    user: ` +
        `${user}\n  name: ${user}-context\n`,
    )
    .replace(
      /^users:\n/m,
      `users:\n- name: ${user}\n  user:\n    client-certificate-data: ${btoa(certificate)}\n    ` +
        `client-key-data: ${btoa(key)}\n`,
    )
}

describe.each(FORMS)('accounts and TLS, $form', ({ version, beta }) => {
  let base: SimCluster
  beforeAll(() => {
    base = new SimCluster({ version, nodes: 1 })
    base.create('namespaces', { metadata: { name: 'office' } })
    base.settle()
  })
  const role = (name: string, namespace: string, user: string): readonly object[] => [
    {
      kind: 'Role',
      apiVersion: `rbac.authorization.k8s.io/${beta}`,
      metadata: { namespace, name },
      rules: RULES,
    },
    {
      kind: 'RoleBinding',
      apiVersion: `rbac.authorization.k8s.io/${beta}`,
      metadata: { name: `${name}-binding`, namespace },
      subjects: [{ kind: 'User', name: user, apiGroup: '' }],
      roleRef: { kind: 'Role', name, apiGroup: '' },
    },
  ]

  it('A1: without a proof one is anonymous, who may do next to nothing', () => {
    const ask = (path: string): number => base.http.handle({ method: 'GET', path }).code
    expect([ask('/api/v1/pods'), ask('/healthz'), ask('/version')]).toEqual([403, 200, 200])
  })

  it('A2, A4, A5: a token file counts from the next start on; tokens in the Authorization header', () => {
    const path = '/etc/kubernetes/token.csv'
    const cluster = new SimCluster({ version, nodes: 0, access: { authentication: { tokenFile: path } } })
    const pods = (token: string): readonly unknown[] => {
      const response = cluster.http.handle({
        method: 'GET',
        path: '/api/v1/pods',
        headers: { authorization: `Bearer ${token}` },
      })
      const body =
        'body' in response ? (JSON.parse(response.body) as { kind: string; message?: string }) : { kind: '' }
      return [response.code, body.kind, body.message]
    }
    cluster.pki.write(path, 'password1,user1,uid001,"group1,system:masters"\npassword2,user2,uid002\n')
    expect(pods('password1')).toEqual([401, 'Status', 'Unauthorized'])
    cluster.apiserver.stop().start()
    expect(pods('password1')).toEqual([200, 'PodList', undefined])
    expect(pods('password2').slice(0, 2)).toEqual([403, 'Status'])
    expect(pods('wrong')).toEqual([401, 'Status', 'Unauthorized'])
    const account = cluster.kubectl('create serviceaccount sa1')
    expect(account.stdout).toBe('serviceaccount/sa1 created\n')
  })

  it('A3: authorization modes are asked in order: who has no opinion leaves it to the next', () => {
    const policies =
      '{"apiVersion": "abac.authorization.kubernetes.io/v1beta1", "kind": "Policy", "spec": {"user": ' +
      '"bob", "namespace": "office", "resource": "pods", "readonly": true}}'
    const asked: string[] = []
    const review = ({
      spec,
    }: {
      readonly spec: { readonly user?: string }
    }): { readonly allowed: boolean } => {
      asked.push(spec.user ?? '')
      return { allowed: spec.user === 'wendy' }
    }
    const cluster = new SimCluster({
      version,
      nodes: 0,
      access: { authorization: ['Node', { type: 'ABAC', policies }, 'RBAC', { type: 'Webhook', review }] },
    })
    const may = (user: string, verb: string): boolean =>
      cluster.kubectl(`auth can-i ${verb} pods -n office --as=${user}`).exitCode === 0
    expect([may('bob', 'list'), may('bob', 'delete'), may('wendy', 'delete'), may('nobody', 'list')]).toEqual(
      [true, false, true, false],
    )
    expect(asked.filter((user) => ['bob', 'wendy', 'nobody'].includes(user))).toEqual([
      'bob',
      'wendy',
      'nobody',
    ])
    const open = new SimCluster({ version, nodes: 0, access: { authorization: ['AlwaysAllow'] } })
    expect(open.can({ user: 'nobody' }, 'delete', 'nodes').allowed).toBe(true)
  })

  it('A6: service accounts; a pod without one gets default, with a token in it', () => {
    const cluster = base.fork()
    expect(cluster.kubectl('create serviceaccount sa1').stdout).toBe('serviceaccount/sa1 created\n')
    const yaml = cluster.settle().kubectl('get sa default -o yaml').stdout
    expect(yaml).toMatch(/^apiVersion: v1\nkind: ServiceAccount\nmetadata:\n/)
    expect(yaml.includes('\nsecrets:\n- name: default-token-')).toBe(version === 'v1.14')
    cluster.create('pods', {
      metadata: { name: 'p', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'busybox', command: ['sleep', '1h'] }] },
    })
    cluster.settle()
    expect(cluster.get('pods', { name: 'p', namespace: 'default' }).spec.serviceAccountName).toBe('default')
    const token = cluster.exec('p', 'cat /var/run/secrets/kubernetes.io/serviceaccount/token').stdout.trim()
    expect(cluster.http.identify({ headers: { authorization: `Bearer ${token}` } }).user).toMatchObject({
      name: 'system:serviceaccount:default:default',
    })
  })

  it('A7, A8, A9: the files, and what each certificate says', () => {
    const files = (folder: string): readonly string[] =>
      base.pki
        .paths()
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1))
        .filter((path) => !path.includes('/'))
    expect(files('/etc/kubernetes/pki')).toEqual([
      'apiserver-etcd-client.crt',
      'apiserver-etcd-client.key',
      'apiserver-kubelet-client.crt',
      'apiserver-kubelet-client.key',
      'apiserver.crt',
      'apiserver.key',
      'ca.crt',
      'ca.key',
      'front-proxy-ca.crt',
      'front-proxy-ca.key',
      'front-proxy-client.crt',
      'front-proxy-client.key',
      'sa.key',
      'sa.pub',
    ])
    expect(files('/etc/kubernetes/pki/etcd')).toEqual([
      'ca.crt',
      'ca.key',
      'healthcheck-client.crt',
      'healthcheck-client.key',
      'peer.crt',
      'peer.key',
      'server.crt',
      'server.key',
    ])
    const rows = new Map(
      [...base.pki.inventory(), ...base.pki.inventory('node-1')].map((row) => [row.path, row]),
    )
    const groups = version === 'v1.14' ? ['system:masters'] : []
    const row = (path: string): readonly unknown[] => {
      const { component, type, commonName, names, organizations, issuer } = rows.get(path) ?? {}
      return [component, type, commonName, names, organizations, issuer]
    }
    expect(row('/etc/kubernetes/pki/ca.crt')).toEqual([
      'Certificate Authority',
      'Server',
      'kubernetes',
      ['DNS:kubernetes'],
      [],
      'kubernetes',
    ])
    expect(row('/etc/kubernetes/pki/ca.key')).toEqual(['Certificate Authority', 'Server', '', [], [], ''])
    expect(row('/etc/kubernetes/pki/apiserver.crt')).toEqual([
      'kube-apiserver',
      'Server',
      'kube-apiserver',
      [
        'DNS:control-plane',
        'DNS:kubernetes',
        'DNS:kubernetes.default',
        'DNS:kubernetes.default.svc',
        'DNS:kubernetes.default.svc.cluster.local',
        'IP Address:10.0.0.10',
        'IP Address:10.96.0.1',
      ],
      [],
      'kubernetes',
    ])
    expect(row('/etc/kubernetes/pki/apiserver-kubelet-client.crt')).toEqual([
      'kube-apiserver',
      'Client (Kubelet)',
      'kube-apiserver-kubelet-client',
      [],
      groups,
      'kubernetes',
    ])
    expect(row('/etc/kubernetes/pki/apiserver-etcd-client.crt')).toEqual([
      'kube-apiserver',
      'Client (Etcd)',
      'kube-apiserver-etcd-client',
      [],
      groups,
      'etcd-ca',
    ])
    expect(row('/var/lib/kubelet/pki/kubelet-client-current.pem')).toEqual([
      'kubelet',
      'Client',
      'system:node:node-1',
      [],
      ['system:nodes'],
      'kubernetes',
    ])
    expect(row('/var/lib/kubelet/pki/kubelet.crt').slice(0, 2)).toEqual(['kubelet', 'Server'])
    expect(rows.get('/etc/kubernetes/pki/apiserver.crt')?.notAfter).toBe(base.pki.config.created + 365 * DAY)
  })

  it('A11, A12, A13: a user with a certificate, first without rights, then with those of a Role', () => {
    const cluster = base.fork()
    const files = {
      '~/.kube/config': configWith(
        cluster,
        'gasbugs',
        credentials(cluster, 'gasbugs', 'boanproject', 500),
        'office',
      ),
    }
    const asGasbugs = (line: string): { stdout: string; stderr: string } =>
      cluster.kubectl(`--context=gasbugs-context ${line}`, { files })
    expect(asGasbugs('get pods').stderr).toBe(FORBIDDEN)
    cluster.apply(role('deployment-manager', 'office', 'gasbugs'))
    expect(asGasbugs('get pods -n office')).toMatchObject({
      stdout: '',
      stderr: version === 'v1.14' ? 'No resources found.\n' : 'No resources found in office namespace.\n',
    })
    cluster
      .as({ user: 'gasbugs', groups: ['boanproject'] })
      .create('pods', {
        metadata: { name: 'nginx', namespace: 'office' },
        spec: { containers: [{ name: 'nginx', image: 'nginx' }] },
      })
    expect(asGasbugs('get pods -n office -o name').stdout).toBe('pod/nginx\n')
    expect(asGasbugs('get pods -n default').stderr).toBe(FORBIDDEN.replace('"office"', '"default"'))
  })

  it('A14, A15: john asks for a certificate, it is approved, and he works in dev1', () => {
    const cluster = base.fork()
    const request = requestOf(cluster, 'john', 'Dev1')
    const spec = {
      request: btoa(request),
      usages: ['digital signature', 'key encipherment', 'client auth'],
      ...(version === 'v1.14' ? {} : { signerName: 'kubernetes.io/kube-apiserver-client' }),
    }
    const apiVersion = version === 'v1.14' ? 'certificates.k8s.io/v1beta1' : 'certificates.k8s.io/v1'
    for (const name of ['john', 'unwanted'])
      cluster.apply([{ apiVersion, kind: 'CertificateSigningRequest', metadata: { name }, spec }])
    const [header = '', ...pending] = cluster
      .kubectl('get csr')
      .stdout.trimEnd()
      .split('\n')
      .map((line) => line.replace(/ {2,}/g, '|'))
    expect(header).toBe(
      version === 'v1.14'
        ? 'NAME|AGE|REQUESTOR|CONDITION'
        : 'NAME|AGE|SIGNERNAME|REQUESTOR|REQUESTEDDURATION|CONDITION',
    )
    expect(pending.map((line) => [line.split('|')[0], line.split('|').at(-1)])).toEqual([
      ['john', 'Pending'],
      ['unwanted', 'Pending'],
    ])
    const verb = 'certificatesigningrequest.certificates.k8s.io/'
    expect(cluster.kubectl('certificate approve john').stdout).toBe(`${verb}john approved\n`)
    expect(cluster.kubectl('certificate deny unwanted').stdout).toBe(`${verb}unwanted denied\n`)
    cluster.settle()
    expect(
      cluster
        .kubectl('get csr')
        .stdout.trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split(/ {2,}/).at(-1)),
    ).toEqual(['Approved,Issued', 'Denied'])
    expect(cluster.kubectl('delete csr unwanted').stdout).toContain('"unwanted" deleted')
    const issued =
      (
        cluster.client.get('certificatesigningrequests', { name: 'john' }) as {
          status: { certificate?: string }
        }
      ).status.certificate ?? ''
    expect(cluster.http.identify({ clientCertificates: atob(issued) }).user).toMatchObject({
      name: 'john',
      groups: ['Dev1', 'system:authenticated'],
    })
    cluster.create('namespaces', { metadata: { name: 'dev1' } })
    cluster.apply(role('dev1-manager', 'dev1', 'john'))
    const files = {
      '~/.kube/config': configWith(
        cluster,
        'john',
        { certificate: atob(issued), key: privateKeyPem(cluster.pki.key('user/john')) },
        'dev1',
      ),
    }
    expect(cluster.kubectl('--context=john-context get pods', { files }).stderr).toBe(
      version === 'v1.14' ? 'No resources found.\n' : 'No resources found in dev1 namespace.\n',
    )
    expect(cluster.kubectl('--context=john-context get pods -n office', { files }).stderr).toBe(
      FORBIDDEN.replace('gasbugs', 'john'),
    )
  })

  it('A16: config view hides what is secret; contexts change who asks', () => {
    const files = {
      '/tmp/other': configWith(base, 'gasbugs', credentials(base, 'gasbugs', 'boanproject', 1), 'office'),
    }
    const view = base.kubectl('config view --kubeconfig=/tmp/other', { files }).stdout
    expect(view).toContain('certificate-authority-data: DATA+OMITTED')
    expect(view).toMatch(
      version === 'v1.14'
        ? /client-key-data: (REDACTED|DATA\+OMITTED)/
        : /client-certificate-data: DATA\+OMITTED\n {4}client-key-data: DATA\+OMITTED/,
    )
    expect(base.kubectl('get pods --kubeconfig=/tmp/other --context=gasbugs-context', { files }).stderr).toBe(
      FORBIDDEN,
    )
    const admin = configWith(
      base,
      'root',
      base.pki.clientCertificate(
        { commonName: 'root', organizations: ['system:masters'] },
        { notBefore: base.now() },
      ),
      'office',
    )
    const used = base.kubectl('config use-context root-context --kubeconfig=/tmp/admin', {
      files: { '/tmp/admin': admin },
    })
    expect(used.stdout).toBe('Switched to context "root-context".\n')
    const switched = admin.replace(/^current-context: .*$/m, 'current-context: root-context')
    expect(
      base.kubectl('get pods --kubeconfig=/tmp/admin', { files: { '/tmp/admin': switched } }),
    ).toMatchObject({ exitCode: 0 })
  })

  it('R1-R4: RBAC decides where it is turned on, and says why', () => {
    const open = new SimCluster({ version, nodes: 0, access: { authorization: ['AlwaysAllow'] } })
    expect(open.can({ user: 'nobody' }, 'delete', 'nodes').allowed).toBe(true)
    const cluster = base.fork()
    const gasbugs = { user: 'gasbugs' }
    expect(cluster.can(gasbugs, 'list', 'pods', { namespace: 'office' })).toMatchObject({ allowed: false })
    cluster.apply(role('deployment-manager', 'office', 'gasbugs'))
    const verdict = cluster.can(gasbugs, 'list', 'pods', { namespace: 'office' })
    expect(verdict.allowed).toBe(true)
    expect(JSON.stringify(verdict)).toContain('deployment-manager-binding')
    cluster.apply([
      {
        kind: 'ClusterRole',
        apiVersion: `rbac.authorization.k8s.io/${beta}`,
        metadata: { name: 'reader' },
        rules: [
          { apiGroups: [''], resources: ['configmaps'], resourceNames: ['one'], verbs: ['get'] },
          { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
          { nonResourceURLs: ['/metrics'], verbs: ['get'] },
        ],
      },
      {
        kind: 'ClusterRoleBinding',
        apiVersion: `rbac.authorization.k8s.io/${beta}`,
        metadata: { name: 'reader' },
        subjects: [{ kind: 'Group', name: 'g' }],
        roleRef: { kind: 'ClusterRole', name: 'reader', apiGroup: 'rbac.authorization.k8s.io' },
      },
      {
        kind: 'RoleBinding',
        apiVersion: `rbac.authorization.k8s.io/${beta}`,
        metadata: { name: 'viewer', namespace: 'office' },
        subjects: [{ kind: 'Group', name: 'g' }],
        roleRef: { kind: 'ClusterRole', name: 'view', apiGroup: 'rbac.authorization.k8s.io' },
      },
    ])
    const member = { user: 'x', groups: ['g'] }
    const may = (verb: string, what: string, options: object = {}): boolean =>
      cluster.can(member, verb, what, options).allowed
    expect([
      may('get', 'configmaps', { name: 'one', namespace: 'default' }),
      may('get', 'configmaps', { name: 'two', namespace: 'default' }),
    ]).toEqual([true, false])
    expect([
      may('get', '/metrics'),
      may('list', 'services', { namespace: 'office' }),
      may('list', 'services', { namespace: 'default' }),
      may('create', 'services', { namespace: 'office' }),
    ]).toEqual([true, true, false, false])
  })
})

function requestOf(cluster: SimCluster, user: string, group: string): string {
  return createRequest({ commonName: user, organizations: [group] }, cluster.pki.key(`user/${user}`))
}

test.skipIf(!hasOpenssl)(
  'A8, A9, A11 with the real openssl: the text of a certificate; a user whose certificate ends after ' +
    '500 days',
  () => {
    const cluster = new SimCluster({
      nodes: 0,
      disable: ['kube-controller-manager', 'kube-scheduler'],
      time: { start: Date.now() },
    })
    const authority = {
      'ca.crt': cluster.pki.read('/etc/kubernetes/pki/ca.crt'),
      'ca.key': cluster.pki.read('/etc/kubernetes/pki/ca.key'),
    }
    const text = openssl(['x509', '-in', 'ca.crt', '-text', '-noout'], authority)
    expect(text).toMatch(
      /Issuer: CN ?= ?kubernetes\n[^]*Subject: CN ?= ?kubernetes\n[^]*Public-Key: \(2048 bit\)/,
    )
    const key = openssl(['genrsa', '2048'])
    const request = openssl(['req', '-new', '-key', 'gasbugs.key', '-subj', '/CN=gasbugs/O=boanproject'], {
      'gasbugs.key': key,
    })
    const certificate = openssl(
      [
        'x509',
        '-req',
        '-in',
        'gasbugs.csr',
        '-CA',
        'ca.crt',
        '-CAkey',
        'ca.key',
        '-CAcreateserial',
        '-days',
        '500',
      ],
      { ...authority, 'gasbugs.csr': request },
    )
    const identify = (of: SimCluster): unknown =>
      of.http.identify({ clientCertificates: certificate }).user?.name ??
      of.http.identify({ clientCertificates: certificate }).faults.at(-1)
    const notBefore = parseCertificates(certificate)[0]?.notBefore ?? 0
    cluster.advance(Math.max(notBefore - cluster.now(), 0))
    expect(cluster.http.identify({ clientCertificates: certificate }).user).toMatchObject({
      name: 'gasbugs',
      groups: ['boanproject', 'system:authenticated'],
    })
    expect(identify(new SimCluster({ nodes: 0, time: { start: notBefore + 499 * DAY } }))).toBe('gasbugs')
    expect(identify(new SimCluster({ nodes: 0, time: { start: notBefore + 500 * DAY + 1000 } }))).toContain(
      'x509: certificate has expired or is not yet valid',
    )
  },
)

test('A15: the exercise as an example: john joins Dev1', () => {
  const cluster = new SimCluster({ nodes: 1 })
  const john = approve(cluster, 'john', {
    key: privateKeyPem(cluster.pki.key('user/john')),
    request: requestOf(cluster, 'john', 'Dev1'),
  })
  expect(john.kubectl('get pods -n dev1').stderr).toContain(
    'User "john" cannot list resource "pods" in API group "" in the namespace "dev1"',
  )
  letWorkIn(cluster, 'dev1', 'john')
  expect(john.kubectl('create deployment web -n dev1 --image=nginx').stdout).toBe(
    'deployment.apps/web created\n',
  )
  cluster.settle()
  expect(john.kubectl('get deployments -n dev1 -o name').stdout).toBe('deployment.apps/web\n')
  expect(john.kubectl('get pods -n default').exitCode).toBe(1)
})
