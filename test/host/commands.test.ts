import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { hostOf } from 'simcluster/host'

const AT_ETCD =
  '--endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt ' +
  '--cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key'

test('A11, A12: a certificate that openssl signs with the CA is gasbugs of boanproject', async () => {
  const host = hostOf(new SimCluster({ nodes: 1 }), 'master')
  const made = await host.sh(`openssl genrsa -out gasbugs.key 2048
openssl req -new -key gasbugs.key -out gasbugs.csr -subj "/CN=gasbugs/O=boanproject"
openssl x509 -req -in gasbugs.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -CAcreateserial -out gasbugs.crt -days 500
openssl x509 -in gasbugs.crt -noout -subject -issuer -dates; openssl verify -CAfile /etc/kubernetes/pki/ca.crt gasbugs.crt`)
  expect(made.stdout).toBe(
    'subject=CN = gasbugs, O = boanproject\nissuer=CN = kubernetes\nnotBefore=Jan  1 00:00:00 2026 ' +
      'GMT\nnotAfter=May 16 00:00:00 2027 GMT\ngasbugs.crt: OK\n',
  )
  const denied =
    await host.sh(`kubectl config set-credentials gasbugs --client-certificate=gasbugs.crt --client-key=gasbugs.key
kubectl config set-context gasbugs-context --cluster=kubernetes --namespace=office --user=gasbugs; kubectl --context=gasbugs-context get pods`)
  expect(denied.stderr).toBe(
    'Error from server (Forbidden): pods is forbidden: User "gasbugs" cannot list resource "pods" in ' +
      'API group "" in the namespace "office"\n',
  )
  const asked = await host.sh(
    'curl -s --cacert /etc/kubernetes/pki/ca.crt --cert gasbugs.crt --key gasbugs.key ' +
      'https://10.0.0.10:6443/api/v1/namespaces/office/pods',
  )
  expect(asked.stdout).toContain('User \\"gasbugs\\" cannot list resource')
  expect((await host.sh('curl https://10.0.0.10:6443/version')).exitCode).toBe(60)
  const told = (await host.sh('curl -v --cacert /etc/kubernetes/pki/ca.crt https://10.0.0.10:6443/version'))
    .stderr
  expect(told).toMatch(
    /^\*   Trying 10\.0\.0\.10:6443\.\.\.\n[^]*\* {2}subject: CN=kube-apiserver\n[^]*\* {2}issuer: CN=kubernetes\n\* {2}SSL certificate verify ok\.\n[^]*> GET \/version HTTP\/2\n[^]*< HTTP\/2 200/,
  )
  expect(
    (
      await host.sh(
        'curl -ks -o /dev/null -w "%{http_code}" https://10.0.0.10:6443/api/v1/pods -H ' +
          '"Authorization: Bearer wrong"',
      )
    ).stdout,
  ).toBe('401')
})

test('B2, B3: etcdctl saves a snapshot that a cluster can begin from', async () => {
  const cluster = new SimCluster({ nodes: 1 })
  const host = hostOf(cluster, 'master')
  expect((await host.sh('etcdctl get /')).stderr).toContain('context deadline exceeded')
  expect((await host.sh(`ETCDCTL_API=3 etcdctl ${AT_ETCD} snapshot save snapshotdb`)).stdout).toBe(
    'Snapshot saved at snapshotdb\n',
  )
  // the hash has up to eight digits, without zeros in front
  expect((await host.sh('etcdutl --write-out=table snapshot status snapshotdb')).stdout).toMatch(
    /^\| +HASH +\| REVISION \| TOTAL KEYS \| TOTAL SIZE \|$/m,
  )
  expect(
    (await host.sh(`etcdctl ${AT_ETCD} get /registry/namespaces --prefix --keys-only | head -1`)).stdout,
  ).toBe('/registry/namespaces/default\n')
})

test('etcdctl writes, compacts and disarms an alarm; others get an error of etcd', async () => {
  const cluster = new SimCluster({ nodes: 1 })
  const host = hostOf(cluster, 'master')
  const etcdctl = (words: string): Promise<{ readonly stdout: string; readonly stderr: string }> =>
    host.sh(`etcdctl ${AT_ETCD} ${words}`)
  expect((await etcdctl('put a b; etcdctl version')).stdout).toBe(
    'OK\netcdctl version: 3.6.6\nAPI version: 3.6\n',
  )
  expect((await etcdctl('get a')).stdout).toBe('a\nb\n')
  expect(JSON.parse((await etcdctl('get a -w json')).stdout)).toMatchObject({
    kvs: [{ key: 'YQ==', version: 1, value: 'Yg==' }],
    count: 1,
  })
  expect((await etcdctl('-w json endpoint status')).stdout).toContain('"member_id":10276657743932975437,')
  expect((await etcdctl('del a')).stdout).toBe('1\n')
  cluster.internals.etcd.alarm({ action: 'ACTIVATE', alarm: 'NOSPACE' })
  expect((await etcdctl('alarm list')).stdout).toBe('memberID:10276657743932975437 alarm:NOSPACE \n')
  expect((await etcdctl('put a b')).stderr).toContain('Error: etcdserver: mvcc: database space exceeded\n')
  expect((await host.sh('kubectl create namespace x')).stderr).toContain(
    'etcdserver: mvcc: database space exceeded',
  )
  cluster.advance('10m') // whoever cannot write tries again, and nothing falls over
  expect((await etcdctl('endpoint health')).stderr).toContain('is unhealthy')
  expect((await etcdctl('-w table endpoint status')).stdout).toContain(
    '| memberID:10276657743932975437 alarm:NOSPACE  |',
  )
  expect((await etcdctl('alarm disarm; kubectl create namespace x')).stdout).toBe(
    'memberID:10276657743932975437 alarm:NOSPACE \nnamespace/x created\n',
  )
  const { revision } = cluster.internals.etcd
  expect((await etcdctl(`compact ${revision}`)).stdout).toBe(`compacted revision ${revision}\n`)
  expect((await etcdctl(`get /registry/namespaces/default --rev ${revision - 1}`)).stderr).toContain(
    'Error: etcdserver: mvcc: required revision has been compacted',
  )
  cluster.advance('10m')
  expect(cluster.nodes().every(({ ready }) => ready)).toBe(true)
})

test('kubectl believes a server only by the authority that the command line names', async () => {
  const master = hostOf(new SimCluster({ nodes: 1 }), 'master')
  const ask = (file: string): ReturnType<typeof master.sh> =>
    master.sh(`cd /etc/kubernetes/pki; kubectl --certificate-authority=${file} get nodes -o name`)
  expect(await ask('ca.crt')).toMatchObject({ stdout: 'node/node-1\n', exitCode: 0 })
  expect(await ask('front-proxy-ca.crt')).toMatchObject({
    stdout: '',
    stderr:
      'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed ' +
      'by unknown authority\n',
    exitCode: 1,
  })
  expect(await ask('/none')).toMatchObject({
    stderr:
      'error: unable to read certificate-authority /none for kubernetes due to open /none: no such ' +
      'file or directory\n',
    exitCode: 1,
  })
})

test(
  'openssl tells a self-signed certificate from one whose authority it does not know; kubectl says when ' +
    'there is no authority in its kubeconfig',
  async () => {
    const cluster = new SimCluster({ nodes: 0 })
    const master = hostOf(cluster, 'master')
    const verify = async (file: string): Promise<string> =>
      (await master.sh(`openssl verify -CAfile /etc/kubernetes/pki/ca.crt /etc/kubernetes/pki/${file}`))
        .stderr
    expect(await verify('etcd/ca.crt')).toBe(
      'CN = etcd-ca\nerror 18 at 0 depth lookup: self-signed certificate\nerror ' +
        '/etc/kubernetes/pki/etcd/ca.crt: verification failed\n',
    )
    expect(await verify('etcd/server.crt')).toMatch(
      /^CN = control-plane\nerror 20 at 0 depth lookup: unable to get local issuer certificate\n/,
    )
    const config = cluster.pki.read('/etc/kubernetes/admin.conf')
    cluster.pki.write(
      '/etc/kubernetes/admin.conf',
      config.replace(
        /certificate-authority-data: .*/,
        `certificate-authority-data: ${btoa('no certificate')}`,
      ),
    )
    expect(await master.sh('kubectl get nodes')).toMatchObject({
      stderr: 'error: unable to load root certificates: unable to parse bytes as PEM block\n',
      exitCode: 1,
    })
  },
)
