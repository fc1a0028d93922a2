import { expect } from 'vitest'
import type { Typed } from '../../src/course/playback.js'
import type { SimCluster } from '../../src/index.js'

/** What a row leaves on the screen: all output, and single commands by a part of their line. */
export interface Screen {
  /** Whether the cluster is of the course's time, and whether its kubectl is. */
  readonly isOld: boolean
  readonly isOldKubectl: boolean
  readonly all: string
  /** Output of the first line that holds the text, from the `nth` on (default the first). */
  readonly of: (text: string, nth?: number) => string
  /** Exit codes of the lines that hold the text, by default of all. */
  readonly codes: (text?: string) => readonly number[]
  readonly cluster: SimCluster
}

/** Whether a version is one of the course's time. */
export const isOld = (version: string): boolean => Number(version.slice('v1.'.length)) < 20

/** What a row has left on the screen of a cluster, with a kubectl of some version. */
export const screenOf = (typed: readonly Typed[], cluster: SimCluster, kubectl: string): Screen => ({
  isOld: isOld(cluster.version),
  isOldKubectl: isOld(kubectl),
  cluster,
  all: typed.map(({ stdout, stderr }) => stdout + stderr).join(''),
  codes: (text = '') => typed.filter(({ line }) => line.includes(text)).map(({ exitCode }) => exitCode),
  of: (text, nth = 0) => {
    const found = typed.filter(({ line }) => line.includes(text))[nth]
    return found === undefined ? `nobody typed ${text}` : found.stdout + found.stderr
  },
})

const lines = (text: string): readonly string[] => text.trimEnd().split('\n')
const names = (table: string): readonly string[] =>
  lines(table)
    .slice(1)
    .map((line) => line.split(' ')[0] ?? '')
    .toSorted()
const REFUSED =
  'The connection to the server 10.0.0.10:6443 was refused - did you specify the right host or port?\n'

/** What each row must show, as typed. */
export const SHOWS: Readonly<Record<string, (screen: Screen) => void>> = {
  N1: ({ all, isOld }) => {
    expect(lines(all)[0]).toMatch(/^NAME +STATUS +ROLES +AGE +VERSION$/)
    expect(
      lines(all)
        .slice(1)
        .every(
          (line) => line.endsWith(isOld ? 'v1.13.7-gke.8' : 'v1.35.2') && / Ready +<none> +30h /.test(line),
        ),
    ).toBe(true)
    expect(lines(all)).toHaveLength(4)
  },
  N2: ({ all, codes, isOldKubectl }) => {
    expect(all).toMatch(/^node\/\S+ cordoned\n/)
    expect(all).toContain(
      isOldKubectl
        ? 'pods with local storage (use --delete-local-data to override): two-containers'
        : 'cannot delete Pods with local storage (use --delete-emptydir-data to override): ' +
            'default/two-containers',
    )
    expect(all).toMatch(/There are pending nodes to be drained:\n \S+\n/)
    expect(codes()).toEqual([1])
  },
  N3: ({ all, codes, isOldKubectl }) => {
    expect(all).toMatch(/^node\/\S+ already cordoned\n/)
    expect(all).toMatch(
      isOldKubectl
        ? /pod\/two-containers evicted\n[^]*node\/\S+ evicted\nWARNING: /
        : /pod\/two-containers evicted\n[^]*node\/\S+ drained\nWarning: /,
    )
    expect(codes()).toEqual([0])
  },
  N4: ({ all }) => expect(all.match(/ Ready,SchedulingDisabled /g)).toHaveLength(1),
  N5: ({ of }) => {
    expect(of('kubectl get pod -o wide')).toBe('')
    expect(
      lines(of('--all-namespaces')).every((line) =>
        /^kube-system +(?:fluentd-gcp|prometheus-to-sd)/.test(line),
      ),
    ).toBe(true)
  },
  N6: ({ all }) => {
    expect(all).toMatch(/^node\/\S+ uncordoned\n/)
    expect(all).not.toContain('SchedulingDisabled')
  },
  N7: ({ of }) => {
    const nodes = (text: string): readonly string[] =>
      lines(text)
        .map((line) => line.split(/ {2,}/))
        .map((cells) => `${cells[0] ?? ''} ${cells[6] ?? ''}`)
    expect(nodes(of('kubectl get pod', 1))).toEqual(nodes(of('kubectl get pod')))
  },
  N8: ({ of }) => {
    expect(of('kubectl get pod late')).toContain('Pending')
    expect(of('kubectl get pod late', 1)).toContain('Running')
  },
  N9: ({ of }) => {
    expect(of('kubectl get node')).toMatch(/ Ready /)
    expect(of('kubectl get node', 1)).toMatch(/ NotReady /)
    expect(of('describe node')).toContain('node.kubernetes.io/unreachable:NoExecute')
    expect(of('get pod -l').match(/ Running /g)).toHaveLength(3)
    expect(of('get pod -l')).toContain(' Terminating ')
    expect(of('kubectl get node', 2)).not.toContain('NotReady')
  },
  N10: ({ all, of, codes }) => {
    expect(codes().every((code) => code === 0)).toBe(true)
    expect(all.match(/ uncordoned$/gm)).toHaveLength(3)
    expect(of('get pod -l').match(/ 1\/1 +Running /g)).toHaveLength(3)
  },
  V1: ({ all, cluster, isOld }) => {
    expect(all).toMatch(/^v\d+\.\d+\.\d+\n$/)
    for (const { name, stage, enabled } of cluster.versions.featureGates()) {
      // it brought back what had always been so
      if (name === 'LegacyNodeRoleBehavior') continue
      if (stage === 'ALPHA') expect([name, enabled]).toEqual([name, false])
      if (stage === 'GA') expect([name, enabled]).toEqual([name, true])
    }
    if (!isOld) expect(cluster.versions.featureGates().length).toBeGreaterThan(20)
  },
  V2: ({ all, isOld }) =>
    expect(
      lines(all)
        .slice(0, 4)
        .every((line) => line.endsWith(isOld ? ':v1.14.0' : ':v1.35.0')),
    ).toBe(true),
  V3: ({ all, isOld }) => expect(all).toContain(isOld ? 'v1.13.0' : 'v1.34.0'),
  V4: ({ all, of, isOld, isOldKubectl }) => {
    expect(of('kubectl drain node-1')).toContain('--ignore-daemonsets to ignore')
    expect(of('kubectl drain node-1', 1)).toContain(
      isOldKubectl ? 'node/node-1 evicted' : 'node/node-1 drained',
    )
    expect(all).toContain(
      isOld ? 'Setting up kubelet (1.14.0-00) ...' : 'Setting up kubelet (1.35.0-1.1) ...',
    )
    expect(of('kubeadm upgrade node')).toContain(
      isOld
        ? '[upgrade] The configuration for this node was successfully updated!'
        : '[upgrade/kubelet-config] The kubelet configuration for this node was successfully upgraded!',
    )
    expect(of('kubectl get nodes')).toMatch(isOld ? /node-1 +Ready .*v1\.14\.0/ : /node-1 +Ready .*v1\.35\.0/)
  },
  V5: ({ of, isOld }) => {
    expect(of('upgrade plan')).toMatch(
      /You can now apply the upgrade by executing the following command:\n\n\tkubeadm upgrade apply v1\.\d+\.0/,
    )
    expect(of('upgrade apply')).toContain('is too high; kubeadm can upgrade only 1 minor version at a time')
    expect(of('upgrade apply', 1)).toContain(
      '[upgrade] SUCCESS! A control plane node of your cluster was upgraded to ' +
        `"${isOld ? 'v1.15.0' : 'v1.36.0'}".`,
    )
    expect(
      of('crictl ps').match(/ Running +(?:etcd|kube-apiserver|kube-controller-manager|kube-scheduler) /g),
    ).toHaveLength(4)
    if (isOld)
      expect(of('rm -rf ~/.kube/cache; kubectl apply')).toContain(
        'no matches for kind "Deployment" in version "extensions/v1beta1"',
      )
  },
  B1: ({ of }) =>
    expect(of('get deployments') + of('get configmap')).toMatch(
      /php-apache +3\/3 [^]*configmaps "settings" not found/,
    ),
  B2: ({ all }) => expect(all).toMatch(/^Snapshot saved at snapshotdb\n/),
  B3: ({ all }) =>
    expect(all).toMatch(/^\+-+\+-+\+-+\+-+\+\n\| +HASH +\| REVISION \| TOTAL KEYS \| TOTAL SIZE \|\n/),
  B4: ({ all }) => expect(all).toMatch(/php-apache +3\/3 [^]*settings +1 +\d/),
  B5: ({ all }) =>
    expect(all).toMatch(
      /persistentvolume\/disk .*Bound +default\/claim[^]*persistentvolumeclaim\/claim +Bound +disk[^]*\n0\n/,
    ),
  B6: ({ all }) =>
    expect(all).toMatch(/Snapshot saved at \/root\/backup\.db\n[^]*backup\.db[^]*everything\.yaml/),
  A1: ({ of }) => {
    expect(of('http://')).toBe('Client sent an HTTP request to an HTTPS server.\n')
    expect(of('curl https://')).toContain(
      'curl: (60) SSL certificate problem: unable to get local issuer certificate',
    )
    expect(of('curl -k')).toContain('User \\"system:anonymous\\" cannot list resource \\"pods\\"')
    expect(of('healthz')).toBe('ok\n')
    expect(of('--cert me.crt')).toContain('"message": "Unauthorized"')
  },
  A2: ({ all, of }) => {
    expect(all).toMatch(
      /--client-ca-file[^]*--enable-bootstrap-token-auth=true[^]*--service-account-key-file[^]*authentication,signing/,
    )
    expect(of('curl')).toMatch(/User \\"system:bootstrap:[a-z0-9]{6}\\" cannot list resource \\"nodes\\"/)
  },
  A3: ({ all, of }) => {
    expect(all).toMatch(/^    - --authorization-mode=Node,RBAC\nno\n(?:[^]*\n)?yes\n(?:[^]*\n)?no\n/)
    expect(of('kubectl get nodes')).not.toContain('NotReady')
    expect(of('s/alice/bob/')).toContain('"denied":true,"reason":"bob is on leave"')
    expect(of('kubectl get pods --as=bob')).toContain('bob is on leave')
    expect(of('kubectl get pods -n office --as=alice')).toMatch(/dial tcp 10\.0\.0\.50:9090: .*refused/)
    expect(all.endsWith('no\n')).toBe(true)
  },
  A4: ({ all }) => expect(all).toBe('401\n401\n200\n'),
  A5: ({ of }) => {
    expect(of('password1')).toMatch(/"kind": "PodList"[^]*< HTTP\/2 200/)
    expect(of('Bearer wrong')).toContain('"code": 401')
  },
  A6: ({ of, isOld }) => {
    expect(of('get sa default').includes('\nsecrets:\n- name: default-token-')).toBe(isOld)
    expect(of('create serviceaccount')).toBe('serviceaccount/sa1 created\n')
    expect(of('get pod plain')).toBe('default\n')
    expect(of('exec plain')).toBe('ca.crt\nnamespace\ntoken\n')
  },
  A7: ({ all }) => {
    for (const name of [
      'apiserver-etcd-client.crt',
      'front-proxy-ca.key',
      'sa.pub',
      'healthcheck-client.key',
      'kube-apiserver.yaml',
      'config.yaml',
      'kubelet-client-current.pem',
    ])
      expect(lines(all)).toContain(name)
  },
  A8: ({ all }) => {
    expect(all).toMatch(/^apiserver\.crt: subject=CN ?= ?kube-apiserver issuer=CN ?= ?kubernetes/m)
    expect(all).toMatch(/^etcd\/server\.crt: subject=CN ?= ?control-plane issuer=CN ?= ?etcd-ca/m)
    expect(all).toContain('/etc/kubernetes/pki/apiserver.crt: OK\n')
  },
  A9: ({ all }) =>
    expect(all).toMatch(
      /Issuer: CN ?= ?kubernetes\n[^]*Subject: CN ?= ?kube-apiserver\n[^]*Public-Key: \(2048 bit\)/,
    ),
  A10: ({ of }) => {
    expect(of('kubectl get nodes')).toBe(REFUSED)
    expect(of('crictl ps -a')).toMatch(/Exited +kube-apiserver /)
    expect(of('kube-apiserver.log')).toContain(
      'open /etc/kubernetes/pki/apiserver-lost.crt: no such file or directory',
    )
    expect(of('kubectl get nodes', 1)).toMatch(/node-1 +Ready/)
  },
  A11: ({ all }) => {
    const [, from = '', to = ''] =
      /subject=CN ?= ?gasbugs, O ?= ?boanproject\nnotBefore=(.*)\nnotAfter=(.*)\n/.exec(all) ?? []
    // the real openssl reads the clock for each of them
    expect([0, 1000]).toContain(Date.parse(to) - Date.parse(from) - 500 * 86_400_000)
  },
  A12: ({ of }) =>
    expect(of('--context=gasbugs-context get pods')).toBe(
      'Error from server (Forbidden): pods is forbidden: User "gasbugs" cannot list resource "pods" ' +
        'in API group "" in the namespace "office"\n',
    ),
  A13: ({ of }) => {
    expect(of('get pods -n office')).toMatch(/^No resources found/)
    expect(of('run nginx')).toBe('pod/nginx created\n')
    expect(of('get pods -n default')).toContain(
      'cannot list resource "pods" in API group "" in the namespace "default"',
    )
  },
  A14: ({ of, isOld }) => {
    expect(lines(of('kubectl get csr'))[0]?.split(/ +/)).toEqual(
      isOld
        ? ['NAME', 'AGE', 'REQUESTOR', 'CONDITION']
        : ['NAME', 'AGE', 'SIGNERNAME', 'REQUESTOR', 'REQUESTEDDURATION', 'CONDITION'],
    )
    expect(of('kubectl get csr').match(/Pending/g)).toHaveLength(2)
    expect(of('kubectl get csr', 1)).toMatch(/isc0304 .*Approved,Issued\nmallory .*Denied\n/)
    expect(of('delete csr')).toContain('"mallory" deleted')
  },
  A15: ({ all, of }) => {
    expect(all).toMatch(/^subject=O ?= ?Dev1, CN ?= ?john$/m)
    expect(of('john-context get pods')).toContain('User "john" cannot list resource "pods"')
    expect(of('john-context get pods', 1)).toMatch(/^No resources found/)
    expect(of('get pods -n office')).toMatch(/^Error from server \(Forbidden\).*"office"\n$/)
  },
  A16: ({ of }) => {
    expect(of('curl')).toContain('"kind": "PodList"')
    expect(of('kubectl config view')).toMatch(/DATA\+OMITTED|REDACTED/)
    expect(of('use-context')).toBe('Switched to context "gasbugs-context".\n')
    expect(of('get pods -n default')).toMatch(/^Error from server \(Forbidden\)/)
    expect(of('current-context')).toBe('kubernetes-admin@kubernetes\n')
  },
  R1: ({ codes, all }) => {
    expect(codes('can-i')).toEqual([1, 1, 0, 1])
    expect(all).toMatch(/^ {4}- --authorization-mode=Node,RBAC\nno\n[^]*yes\n[^]*no\n/)
  },
  R2: ({ of }) => {
    expect(of('get role,rolebinding')).toMatch(/deployment-manager[^]*viewers +ClusterRole\/view/)
    expect(of('can-i list pods -n office')).toBe('yes\n')
    expect(of('can-i list pods -n default')).toBe('no\n')
    expect(of('can-i list services')).toBe('yes\n')
    expect(of('can-i create services')).toBe('no\n')
  },
  R3: ({ of }) => {
    expect(of('configmaps/settings')).toBe('yes\n')
    expect(of('configmaps/other')).toBe('no\n')
    expect(of('--subresource=log')).toBe('yes\n')
    expect(of('can-i get pods --as=jane')).toBe('no\n')
    expect(of('get /metrics')).toBe('yes\n')
    expect(of('get /logs')).toBe('no\n')
  },
  R4: ({ of, cluster }) => {
    expect(of('get pods -n default')).toContain('User "gasbugs" cannot list resource "pods"')
    expect(of('--list')).toMatch(
      /deployments\.apps +\[\] +\[\] +\[get list watch create update patch delete\]/,
    )
    expect(
      JSON.stringify(cluster.can({ user: 'gasbugs' }, 'list', 'pods', { namespace: 'office' })),
    ).toContain('deployment-manager-binding')
  },
  S1: ({ of, isOld }) =>
    expect(of('-- id')).toBe(
      isOld ? 'uid=1000 gid=0(root) groups=0(root),2000\n' : 'uid=1000 gid=3000 groups=2000,3000\n',
    ),
  S2: ({ of }) => {
    expect(of('id -u')).toBe('2000\n')
    expect(of('ps aux')).toMatch(/ 1 2000 +0:00 .*sleep 1h/)
  },
  S3: ({ of, isOld }) => {
    expect(of('CapEff')).toMatch(/CapEff:\t00000000a80435f9\nNoNewPrivs:\t1\n[^]*Read-only file system/)
    expect(of('get pod nonroot')).toMatch(/CreateContainerConfigError/)
    expect(of('describe pod nonroot')).toMatch(/runAsNonRoot/)
    if (isOld) return
    expect(of('apply -n strict')).toMatch(
      /pods "caps" is forbidden: violates PodSecurity "restricted:latest"/,
    )
    expect(of('apply -n warned')).toMatch(
      /Warning: would violate PodSecurity "restricted:latest": [^]*pod\/caps created|pod\/caps created\nWarning: would violate PodSecurity "restricted:latest": /,
    )
  },
  P1: ({ all }) =>
    expect(all.match(/^\S+ -> .*$/gm)).toEqual([
      'near -> db:6379 open',
      'near -> db:6379 closed',
      'db -> near:80 open',
    ]),
  P2: ({ all }) =>
    expect(all.match(/^\S+ -> .*$/gm)).toEqual([
      'db -> 10.0.0.200:5978 open',
      'db -> 10.0.0.200:5979 closed',
      'db -> 10.0.1.200:5978 closed',
    ]),
  P3: ({ all }) =>
    expect(all.match(/^.+ -> .*$/gm)).toEqual([
      'near -> db:6379 open',
      'plain -> db:6379 closed',
      'frontend -> db:6379 open',
      '-n mine stranger -> db:6379 open',
      'near -> db:80 closed',
    ]),
  // a new kubectl finds the policy of an old cluster in extensions/v1beta1, which it does not know how to
  // describe
  P4: ({ all, isOld, isOldKubectl }) =>
    expect(all).toMatch(
      isOld && !isOldKubectl
        ? /Cidr: +172\.17\.0\.0\/16[^]*Port: +6379\n +Protocol: +TCP/
        : /Allowing ingress traffic[^]*To Port: 6379\/TCP[^]*CIDR: 172\.17\.0\.0\/16/,
    ),
  T1: ({ of }) => {
    expect(of('kubectl get pods')).toMatch(/ImagePullBackOff/)
    expect(of('Failed to pull')).toContain('Failed to pull image "ngnix:latest"')
    expect(of('get pods,endpoints')).toMatch(/endpoints\/web +<none>/)
    expect(of('get endpoints web')).toMatch(/web +10\.244\.\d\.\d+:80,10\.244/)
    expect(of('kubectl get pods', 2)).toContain('CreateContainerConfigError')
    expect(of('describe pods', 1)).toContain('configmap "settings" not found')
    expect(of('sleep 60; kubectl get pods')).not.toContain('Error')
    expect(of('get pod crash')).toContain('CrashLoopBackOff')
    expect(of('logs crash')).toBe('no configuration\n')
    expect(of('describe pod crash')).toMatch(/Back-off restarting failed container/i)
  },
  T2: ({ of, isOldKubectl }) => {
    expect(of('kubectl get nodes')).toBe(REFUSED)
    expect(of('crictl ps')).not.toMatch(/Running +kube-apiserver /)
    expect(of('kubectl get nodes', 1)).toMatch(/node-1 +Ready/)
    expect(of('6444')).toContain('10.0.0.10:6444 was refused')
    expect(of('front-proxy-ca')).toMatch(
      isOldKubectl
        ? /^Unable to connect to the server: x509: certificate signed by unknown authority\n$/m
        : /^Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority\n$/m,
    )
  },
  T3: ({ of }) => {
    expect(of('get pod waiting')).toContain('Pending')
    expect(of('describe pod waiting')).toMatch(/Events: +<none>/)
    expect(of('get pod waiting', 1)).toContain('Running')
    expect(of('describe pod big')).toMatch(/0\/3 nodes are available: .*2 Insufficient cpu/)
    expect(of('describe pod tainted')).toMatch(
      /0\/3 nodes are available: [23] node\(s\) had (?:untolerated taint|taint).*/,
    )
  },
  T4: ({ of }) => {
    expect(of('kubectl get nodes')).toMatch(/node-1 +NotReady/)
    expect(of('status kubelet')).toContain('inactive (dead)')
    expect(of('kubectl get nodes', 1)).toMatch(/node-1 +Ready/)
    expect(of('kubectl get nodes', 2)).toMatch(/node-1 +NotReady/)
    expect(of('journalctl')).toContain('unable to load bootstrap kubeconfig')
    expect(of('kubectl get nodes', 3)).toMatch(/node-1 +Ready/)
  },
  T5: ({ all, of }) => {
    expect(all).toMatch(
      /Serving securely on \[::\]:6443[^]*Successfully bound pod to node[^]*kube-controller-manager\.log <==\n[^]*lease/,
    )
    expect(of('/var/log/kubelet.log')).toMatch(
      /kubelet\.log <==\n[IEW]\d{4} [^]*kube-proxy\.log <==\n[IEW]\d{4} /,
    )
    expect(of('journalctl -u kubelet -f')).toMatch(/Kubelet version/)
    expect(of('kubectl logs')).toBe('the kubelet has started me\n')
  },
  W1: ({ of, all }) => {
    expect(of('get deployments')).toMatch(
      /wordpress +1\/1 [^]*wordpress-mysql +1\/1 [^]*mysql-pv-claim +Bound[^]*wp-pv-claim +Bound/,
    )
    expect(of('wget')).toContain('<title>WordPress</title>')
    expect(all.match(/^(?:open|closed)$/gm)).toEqual(['open', 'open', 'open', 'closed'])
  },
  W2: ({ of, all }) => {
    expect(names(lines(of('get pods -o wide')).slice(0, 4).join('\n')).length).toBe(3)
    expect(all).toMatch(/wordpress-mysql +10\.244\.\d\.\d+:3306/)
  },
}
