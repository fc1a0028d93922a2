import { describe, expect, test } from 'vitest'
import { NotFoundError, SimCluster } from 'simcluster'
import { addMachine, hostOf } from 'simcluster/host'
import type { Host } from 'simcluster/host'
import recorded from '../fixtures/host/kubeadm.json' with { type: 'json' }

const USE =
  'mkdir -p $HOME/.kube; sudo cp -i /etc/kubernetes/admin.conf $HOME/.kube/config; sudo chown $(id ' +
  '-u):$(id -g) $HOME/.kube/config'
const joinLine = (stdout: string): string => stdout.slice(stdout.indexOf('kubeadm join')).trim()
const columns = (table: string): readonly (readonly string[])[] =>
  table
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/))

async function bring(
  version: string,
  nodes = 2,
): Promise<{ readonly cluster: SimCluster; readonly master: Host; readonly command: string }> {
  const cluster = new SimCluster({ version, nodes, kubeadm: { init: false } })
  const master = hostOf(cluster, 'master')
  const done = await master.sh('kubeadm init --pod-network-cidr=10.244.0.0/16')
  expect(done.stderr).toBe('')
  expect((await master.sh(USE)).stderr).toBe('')
  return { cluster, master, command: joinLine(done.stdout) }
}

describe.each(['v1.14', 'v1.24', 'v1.30', 'v1.35'])('kubeadm at %s', (version) => {
  test('from bare machines to a cluster, and back', async () => {
    const cluster = new SimCluster({ version, nodes: 2, kubeadm: { init: false } })
    const master = hostOf(cluster, 'master')
    const worker = hostOf(cluster, 'node-1')
    expect(
      (await master.sh('ls /etc/kubernetes /var/lib/kubelet; kubectl get nodes; systemctl is-active kubelet'))
        .stdout,
    ).toBe('/etc/kubernetes:\nmanifests\n\n/var/lib/kubelet:\nactivating\n')
    expect(cluster.kubectl('get nodes').stderr).toContain('10.0.0.10:6443 was refused')
    expect(cluster.pki.paths()).toEqual([])
    const unborn = cluster.fork()
    const written = SimCluster.fromJSON(
      new SimCluster({ version, nodes: 2, kubeadm: { init: false } }).toJSON(),
    )
    expect(hostOf(written, 'node-2').name).toBe('node-2')
    expect(() => hostOf(written, 'node-3')).toThrow(NotFoundError)
    cluster.advance('1h')

    const { stdout } = await master.sh('kubeadm init --pod-network-cidr=10.244.0.0/16')
    const order = [
      '[init] Using Kubernetes version',
      '[preflight] Running pre-flight checks',
      '[certs] Generating "ca"',
      '[kubeconfig] Writing "admin.conf"',
      '[wait-control-plane]',
      '[upload-config]',
      '[mark-control-plane]',
      '[bootstrap-token] Using token',
      '[addons] Applied essential addon: CoreDNS',
      'Your Kubernetes control-plane has initialized successfully!',
      'kubeadm join 10.0.0.10:6443 --token',
    ]
    const places = order.map((text) => stdout.indexOf(text))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places[0]).toBe(0)
    await master.sh(`${USE}; sleep 20`)
    const role = version === 'v1.14' ? 'master' : 'control-plane'
    expect(
      columns((await master.sh('kubectl get nodes --no-headers')).stdout).map(([name, status, roles]) => [
        name,
        status,
        roles,
      ]),
    ).toEqual([['control-plane', 'Ready', role]])
    const certificate = master.read('/etc/kubernetes/pki/apiserver.crt') ?? ''
    expect(certificate).toBe(cluster.pki.read('/etc/kubernetes/pki/apiserver.crt'))
    expect(
      (await master.sh('openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -startdate')).stdout,
    ).toMatch(/^notBefore=Jan {2}1 00:55:\d\d 2026 GMT\n$/)
    const pods = (await master.sh('kubectl get pods -n kube-system --no-headers')).stdout
    for (const name of ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'])
      expect(pods).toMatch(new RegExp(`^${name}-control-plane +1/1 +Running`, 'm'))
    expect(pods.match(/^coredns-\S+ +1\/1 +Running/gm)).toHaveLength(2)
    expect((await master.sh('crictl ps -q | wc -l')).stdout.trim()).toBe('7')

    const joined = await worker.sh(joinLine(stdout))
    expect([joined.stderr, joined.exitCode]).toEqual(['', 0])
    expect(joined.stdout).toContain('This node has joined the cluster:')
    expect((await master.sh('kubectl get csr --no-headers')).stdout).toMatch(
      /^csr-\S+ .*system:node:control-plane .*Approved,Issued\nnode-csr-\S+ .*system:bootstrap:[a-z0-9]{6} .*Approved,Issued\n$/,
    )
    cluster.advance('20s')
    expect(cluster.nodes().map(({ name, ready }) => [name, ready])).toEqual([
      ['control-plane', true],
      ['node-1', true],
    ])
    expect(
      (
        await worker.sh(
          'openssl x509 -in /var/lib/kubelet/pki/kubelet-client-current.pem -noout -subject; ls ' +
            '/etc/kubernetes/pki',
        )
      ).stdout,
    ).toBe('subject=O = system:nodes, CN = system:node:node-1\nca.crt\n')
    cluster.apply(
      'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: web, image: ' +
        'nginx }] }',
    )
    cluster.settle()
    expect(cluster.get('pods', { namespace: 'default', name: 'web' }).spec.nodeName).toBe('node-1')
    const copy = SimCluster.fromJSON(
      JSON.parse(JSON.stringify(cluster.toJSON())) as ReturnType<SimCluster['toJSON']>,
    )
    expect((await hostOf(copy, 'node-1').sh('ls -R /etc/kubernetes /var/lib/kubelet')).stdout).toBe(
      (await worker.sh('ls -R /etc/kubernetes /var/lib/kubelet')).stdout,
    )

    const gone = await worker.sh('kubeadm reset -f')
    expect(gone.stdout).toContain(
      '[reset] Deleting contents of directories: [/etc/kubernetes/manifests /var/lib/kubelet ' +
        '/etc/kubernetes/pki]\n',
    )
    expect(
      (
        await worker.sh(
          'ls -R /etc/kubernetes /var/lib/kubelet; ls /etc/cni/net.d; systemctl is-active kubelet; ' +
            'crictl ps -q',
        )
      ).stdout,
    ).toBe(
      '/etc/kubernetes:\nmanifests\npki\n\n/etc/kubernetes/manifests:\n\n/etc/kubernetes/pki:\n\n/var/lib/kubelet:\n10-bridge.conflist\ninactive\n',
    )
    cluster.advance('1m')
    expect((await master.sh('kubectl get node node-1 --no-headers')).stdout).toContain(' NotReady ')
    expect((await master.sh('kubectl delete node node-1')).stdout).toBe('node "node-1" deleted\n')

    expect((await master.sh('kubeadm reset < /dev/null')).stderr).toContain(
      "won't proceed; the user didn't answer (Y|y) in order to continue",
    )
    expect((await master.sh('kubectl get nodes --no-headers | wc -l')).stdout.trim()).toBe('1')
    const reset = await master.sh('echo y | kubeadm reset')
    expect(reset.stdout).toContain('[reset] Deleted contents of the etcd data directory: /var/lib/etcd\n')
    expect(cluster.kubectl('get nodes').stderr).toContain('was refused')
    expect((await master.sh('ls /etc/kubernetes /var/lib/etcd; ls -a /root/.kube')).stdout).toBe(
      '/etc/kubernetes:\nmanifests\npki\n\n/var/lib/etcd:\n.\n..\nconfig\n',
    )
    expect((await master.sh('kubectl get nodes')).stderr).toContain('was refused')
    const again = await master.sh('kubeadm init --pod-network-cidr=10.244.0.0/16')
    expect(again.exitCode).toBe(0)
    expect(joinLine(again.stdout).split('sha256:')[1]).not.toBe(joinLine(stdout).split('sha256:')[1])
    expect((await master.sh('kubectl get nodes')).stderr).toMatch(
      /^Unable to connect to the server: (?:tls: failed to verify certificate: )?x509: certificate signed by unknown authority \(possibly because of "crypto\/rsa: verification error" while trying to verify candidate authority certificate "kubernetes"\)\n$/,
    )
    expect(
      (
        await master.sh(
          `rm /root/.kube/config; ${USE}; sleep 20; kubectl get nodes -o name; kubectl get pods -A ` +
            '--no-headers | grep -c web',
        )
      ).stdout,
    ).toBe('node/control-plane\n0\n')

    // what was forked before is as it was
    expect((await hostOf(unborn, 'master').sh('kubeadm init | tail -2')).stdout).toContain(
      '--discovery-token-ca-cert-hash sha256:',
    )
  })
})

test('who may not join: wrong hashes, tokens and servers, in the words of kubeadm', async () => {
  const { cluster, master, command } = await bring('v1.35')
  const worker = hostOf(cluster, 'node-1')
  const fails = async (line: string): Promise<string> => {
    const { stderr, exitCode } = await worker.sh(line)
    expect(exitCode).toBe(1)
    expect(worker.read('/etc/kubernetes/kubelet.conf')).toBeUndefined()
    return stderr
  }
  const identity =
    "error: error execution phase preflight: couldn't validate the identity of the API Server: "
  const [, pin = ''] = /(sha256:\w+)/.exec(command) ?? []
  expect(await fails(command.replace(pin, `sha256:${'0'.repeat(64)}`))).toContain(
    `${identity}cluster CA found in cluster-info ConfigMap is invalid: none of the public keys ` +
      `"${pin}" are pinned\n`,
  )
  expect(await fails(command.replace(pin, 'sha256:00'))).toContain(
    'expected a 32 byte SHA-256 hash, found 1 bytes',
  )
  const before = cluster.now()
  expect(await fails(command.replace(/--token \w{6}/, '--token aaaaaa'))).toContain(
    `${identity}could not find a JWS signature in the cluster-info ConfigMap for token ID "aaaaaa"\n`,
  )
  expect(cluster.now() - before).toBeGreaterThanOrEqual(300_000)
  expect(await fails(command.replace(/(--token \w{6}\.)\w{16}/, `$1${'a'.repeat(16)}`))).toContain(
    "failed to verify JWS signature of received cluster info object, can't trust this API Server",
  )
  expect(await fails(command.replace('10.0.0.10:', '10.0.0.12:'))).toContain(
    `${identity}failed to request the cluster-info ConfigMap: Get ` +
      '"https://10.0.0.12:6443/api/v1/namespaces/kube-public/configmaps/cluster-info?timeout=10s": dial ' +
      `tcp 10.0.0.12:6443: connect: connection refused\n`,
  )
  expect(await fails(command.replace('10.0.0.10:', 'nowhere.example:'))).toContain(
    'dial tcp: lookup nowhere.example on 127.0.0.53:53: no such host',
  )
  expect(await fails(command.replace(/\\\n.*/, ''))).toContain(
    'using token-based discovery without caCertHashes can be unsafe',
  )
  expect(await fails('kubeadm join')).toContain('bootstrapToken or file must be set')
  expect(await fails(command.replace(/--token \S+/, '--token x'))).toContain('the bootstrap token is invalid')

  const short = (await master.sh('kubeadm token create --ttl 10m --print-join-command')).stdout
  cluster.advance('11m')
  expect(await fails(short)).toContain(
    'could not find a JWS signature in the cluster-info ConfigMap for token ID',
  )
  expect((await master.sh('kubeadm token list')).stdout).not.toContain(/--token (\w{6})/.exec(short)?.[1])
  expect((await worker.sh('kubeadm token create')).stderr).toContain(
    'failed to load admin kubeconfig: open /root/.kube/config: no such file or directory',
  )

  // nobody signs: the kubelet waits in vain
  await master.sh('mv /etc/kubernetes/manifests/kube-controller-manager.yaml /root/')
  expect(await fails(command)).toContain('context deadline exceeded')
  await master.sh('mv /root/kube-controller-manager.yaml /etc/kubernetes/manifests/')
  expect((await worker.sh(command)).stderr).toContain(
    '[ERROR FileAvailable--etc-kubernetes-pki-ca.crt]: /etc/kubernetes/pki/ca.crt already exists',
  )
  await worker.sh('kubeadm reset -f')
  expect((await worker.sh(command)).exitCode).toBe(0)

  // rights of bootstrap tokens are what the cluster says
  await master.sh('kubectl delete clusterrolebinding kubeadm:node-autoapprove-bootstrap')
  expect(await (async () => (await hostOf(cluster, 'node-2').sh(command)).exitCode)()).toBe(1)
  expect((await master.sh('kubectl get csr --no-headers | grep -c Pending')).stdout).toBe('1\n')
})

test('a machine that is added to a cluster that was there from the beginning joins it', async () => {
  const cluster = new SimCluster({ nodes: 1 })
  const late = addMachine(cluster, 'late', { capacity: { cpu: '8' }, labels: { disk: 'ssd' } })
  expect(() => addMachine(cluster, 'late')).toThrow(RangeError)
  const { stdout } = await hostOf(cluster, 'master').sh('kubeadm token create --print-join-command')
  expect((await late.sh(stdout)).exitCode).toBe(0)
  cluster.advance('20s')
  expect(cluster.get('nodes', { name: 'late' })).toMatchObject({
    metadata: { labels: { disk: 'ssd' } },
    status: { capacity: { cpu: '8' }, addresses: [{ address: '10.0.0.12' }, {}] },
  })
  cluster.addNode({ name: 'next' })
  expect(cluster.settle().get('nodes', { name: 'next' }).status.addresses?.[0]?.address).toBe('10.0.0.13')
  // a node of that cluster can be reset, and join again
  const first = hostOf(cluster, 'node-1')
  await first.sh('kubeadm reset -f')
  expect((await first.sh(stdout)).stderr).toContain(
    'a Node with name "node-1" and status "Ready" already exists in the cluster',
  )
  await first.sh('kubeadm reset -f; sleep 60')
  expect((await first.sh(stdout)).stdout).toContain('This node has joined the cluster')
})

const MACHINES = [
  [
    'a machine with one CPU',
    { capacity: { cpu: '1' } },
    '[ERROR NumCPU]: the number of available CPUs 1 is less than the required 2',
  ],
  [
    'little memory',
    { capacity: { memory: '1Gi' } },
    '[ERROR Mem]: the system RAM (1024 MB) is less than the minimum 1700 MB',
  ],
] as const

test.each(MACHINES)('preflight: %s', async (_what, node, text) => {
  const cluster = new SimCluster({ kubeadm: { init: false }, nodes: [{ name: 'cp', ...node }] })
  const host = hostOf(cluster, 'cp')
  expect((await host.sh('kubeadm init')).stderr).toContain(`${text}\n`)
  expect((await host.sh('kubeadm init --ignore-preflight-errors=NumCPU,Mem')).stderr).toBe(
    `\t${text.replace('ERROR', 'WARNING')}\n`,
  )
  expect(cluster.list('nodes').items.map(({ metadata }) => metadata.name)).toEqual(['cp'])
})

test('preflight: what is in the way, by the files of the machine', async () => {
  const host = hostOf(new SimCluster({ kubeadm: { init: false }, nodes: 0 }), 'master')
  await host.sh(
    'mkdir -p /var/lib/etcd; touch /var/lib/etcd/x /etc/kubernetes/manifests/etcd.yaml; echo 0 > ' +
      '/proc/sys/net/ipv4/ip_forward',
  )
  const { stdout, stderr } = await host.sh('kubeadm init')
  expect(stdout).toBe('[init] Using Kubernetes version: v1.35.0\n[preflight] Running pre-flight checks\n')
  expect(stderr).toBe(`[preflight] Some fatal errors occurred:
\t[ERROR FileAvailable--etc-kubernetes-manifests-etcd.yaml]: /etc/kubernetes/manifests/etcd.yaml already exists
\t[ERROR FileContent--proc-sys-net-ipv4-ip_forward]: /proc/sys/net/ipv4/ip_forward contents are not set to 1
\t[ERROR DirAvailable--var-lib-etcd]: /var/lib/etcd is not empty
[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`
error: error execution phase preflight: preflight checks failed
To see the stack trace of this error execute with --v=5 or higher
`)
  await host.sh(
    'rm -r /var/lib/etcd /etc/kubernetes/manifests/etcd.yaml; echo 1 > /proc/sys/net/ipv4/ip_forward; ' +
      'apt-get install -y --allow-change-held-packages kubelet=1.36.0-1.1',
  )
  expect((await host.sh('kubeadm init')).stderr).toContain(
    'the kubelet version is higher than the control plane version',
  )
  expect((await host.sh('kubeadm init --kubernetes-version v1.20.0')).stderr).toContain(
    'this version of kubeadm only supports deploying clusters with the control plane version >= ' +
      '1.34.0. Current version: v1.20.0',
  )
})

test('phases print and write what the recorded kubeadm does', async () => {
  const host = hostOf(
    new SimCluster({ kubeadm: { init: false }, nodes: [{ name: 'cp1' }], version: 'v1.34' }),
    'cp1',
  )
  await host.sh(`cat > c.yaml <<'EOF'\n${recorded.config.replaceAll('<dir>', '/d')}EOF`)
  const played = recorded.transcripts.slice(0, 3)
  for (const { command, exit, stdout } of played) {
    const result = await host.sh(command.join(' ').replaceAll('<dir>', '/d'))
    expect({ exit: result.exitCode, stdout: result.stdout.replaceAll('/d/', '<dir>/') }).toEqual({
      exit,
      stdout,
    })
  }
  const names = Object.keys(recorded.certificates).map((path) => path.replace('<dir>', '/d'))
  expect((await host.sh(`find /d/pki -type f | sort`)).stdout.trim().split('\n')).toEqual(names.toSorted())
  for (const [name, { text }] of Object.entries(recorded.kubeconfigs))
    expect((host.read(`/d/kc/${name}`) ?? '').replaceAll(/(-data: ).*/g, '$1<base64-pem>')).toBe(text)
  for (const [path, { san }] of Object.entries(
    recorded.certificates as Readonly<Record<string, { readonly san?: string }>>,
  )) {
    if (san === undefined) continue
    expect(
      (
        await host.sh(
          `openssl x509 -noout -text -in ${path.replace('<dir>', '/d')} | grep -A1 'Subject ` +
            `Alternative' | tail -1`,
        )
      ).stdout
        .trim()
        .replace('::1', '0:0:0:0:0:0:0:1'),
    ).toBe(san)
  }
})

test('an authority that is there is used: everything is signed by it', async () => {
  const cluster = new SimCluster({ kubeadm: { init: false }, nodes: 0 })
  const host = hostOf(cluster, 'master')
  const { stdout } = await host.sh(`mkdir -p /etc/kubernetes/pki; cd /etc/kubernetes/pki
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 3650 -subj "/CN=our own"
kubeadm init --skip-phases=addon | grep certs`)
  expect(stdout).toContain(
    '[certs] Using existing ca certificate authority\n[certs] Generating "apiserver" certificate and key\n',
  )
  expect(
    (
      await host.sh(
        'openssl verify -CAfile ca.crt apiserver.crt apiserver-kubelet-client.crt; openssl x509 -in ' +
          'apiserver.crt -noout -issuer; KUBECONFIG=/etc/kubernetes/admin.conf kubectl get nodes -o name',
      )
    ).stdout,
  ).toBe('apiserver.crt: OK\napiserver-kubelet-client.crt: OK\nissuer=CN = our own\nnode/control-plane\n')
  const bare = hostOf(new SimCluster({ kubeadm: { init: false }, nodes: 0 }), 'master')
  expect(
    (
      await bare.sh(
        'kubeadm init phase certs ca; rm /etc/kubernetes/pki/ca.key; kubeadm init phase certs apiserver',
      )
    ).stderr,
  ).toContain(
    "couldn't load the private key file /etc/kubernetes/pki/ca.key: open /etc/kubernetes/pki/ca.key: " +
      'no such file or directory',
  )
})

test('without a range for pods nodes stay NotReady; the ranges are those that were asked for', async () => {
  const host = hostOf(new SimCluster({ kubeadm: { init: false }, nodes: 0 }), 'master')
  await host.sh(
    'kubeadm init --service-cidr 10.50.0.0/16 --control-plane-endpoint lab.example:6443; export ' +
      'KUBECONFIG=/etc/kubernetes/admin.conf; sleep 60',
  )
  expect(
    (
      await host.sh(
        'kubectl get nodes --no-headers; kubectl get svc kubernetes -o jsonpath={.spec.clusterIP}; ' +
          'grep server: /etc/kubernetes/admin.conf',
      )
    ).stdout,
  ).toMatch(/ NotReady [^]*10\.50\.0\.1 *server: https:\/\/lab\.example:6443\n$/)
  expect((await host.sh("kubectl describe node | grep 'Ready  '")).stdout).toContain(
    'cni plugin not initialized',
  )
  expect((await host.sh('kubectl -n kube-system get cm kubeadm-config -o yaml')).stdout).toMatch(
    /controlPlaneEndpoint: lab\.example:6443[^]*serviceSubnet: 10\.50\.0\.0\/16/,
  )
})

test(
  'a cluster that was there from the beginning can be reset too; a kubelet that finds manifests starts ' +
    'a control plane',
  async () => {
    const cluster = new SimCluster({ nodes: 1 })
    const master = hostOf(cluster, 'master')
    await master.sh('kubeadm reset -f')
    expect(cluster.kubectl('get nodes').stderr).toContain('was refused')
    expect((await hostOf(cluster, 'node-1').sh('ls /etc/kubernetes')).stdout).toBe(
      'kubelet.conf\nmanifests\npki\n',
    )
    const phases = await master.sh(
      'for p in "certs all" "kubeconfig all" "etcd local" "control-plane all" kubelet-start; do kubeadm ' +
        'init phase $p; done; sleep 5',
    )
    expect(phases.stderr).toBe('')
    expect(
      (await master.sh('kubectl --kubeconfig /etc/kubernetes/super-admin.conf get nodes -o name')).stdout,
    ).toBe('node/control-plane\n')
  },
)

test(
  "kubectl logs of the control plane's pods: what the components write to their files, from their start " +
    'on',
  async () => {
    const { cluster, master } = await bring('v1.35')
    await master.sh('sleep 20')
    const logs = async (component: string): Promise<string> =>
      (await master.sh(`kubectl logs -n kube-system ${component}-control-plane`)).stdout
    const file = (component: string): string => master.read(`/var/log/${component}.log`) ?? ''
    for (const component of ['etcd', 'kube-apiserver', 'kube-scheduler', 'kube-controller-manager']) {
      expect(file(component)).not.toBe('')
      expect(await logs(component), component).toBe(file(component))
    }
    expect(await logs('kube-apiserver')).toContain('Serving securely on [::]:6443')
    cluster.kubectl('taint nodes --all node-role.kubernetes.io/control-plane-')
    cluster.kubectl('run late --image=nginx --restart=Never')
    cluster.settle()
    expect(await logs('kube-scheduler')).toBe(file('kube-scheduler'))
    expect(
      (await master.sh('kubectl logs -n kube-system kube-scheduler-control-plane | grep -c default/late'))
        .stdout,
    ).toBe('1\n')
  },
)
