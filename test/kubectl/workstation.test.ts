import { expect, test } from 'vitest'
import type { KubectlOptions } from 'simcluster'
import { bytesOfText, SimCluster } from 'simcluster'

function withWeb(): SimCluster {
  const cluster = new SimCluster({ nodes: 1 })
  expect(cluster.kubectl('create deployment web --image=nginx --port=80').stderr).toBe('')
  expect(cluster.kubectl('expose deploy web').stderr).toBe('')
  cluster.settle()
  cluster.advance('5s')
  return cluster
}

const podOf = (cluster: SimCluster): string =>
  cluster.list('pods', { namespace: 'default' }).items[0]?.metadata.name ?? ''

test('files go into a container and come back', () => {
  const cluster = withWeb()
  const pod = podOf(cluster)
  const files = { 'd/a.txt': 'A\n', 'd/e/b.txt': 'ünï\n' }
  expect(cluster.kubectl(`cp d ${pod}:/tmp`, { files })).toMatchObject({
    stdout: '',
    stderr: '',
    exitCode: 0,
  })
  expect(cluster.kubectl(`exec ${pod} -- cat /tmp/d/e/b.txt`).stdout).toBe('ünï\n')
  expect(cluster.kubectl(`cp ${pod}:tmp/d back`).files).toEqual({
    'back/a.txt': 'A\n',
    'back/e/b.txt': 'ünï\n',
  })
  expect(cluster.kubectl(`cp ${pod}:/nope x`)).toEqual({
    stdout:
      "tar: Removing leading `/' from member names\ntar: /nope: Cannot stat: No such file or " +
      'directory\ntar: Exiting with failure status due to previous errors\n',
    stderr: '',
    terminal: expect.any(String),
    exitCode: 0,
    files: {},
  })
})

test('bytes that are no text survive cp, a ConfigMap and a Secret', () => {
  const cluster = withWeb()
  const pod = podOf(cluster)
  const bytes = Uint8Array.of(0, 255, 0xc3, 0x28, 10, 0xe2, 0x82, 65)
  expect(cluster.kubectl(`cp a.bin ${pod}:/tmp/a.bin`, { files: { 'a.bin': bytes } }).exitCode).toBe(0)
  expect(cluster.kubectl(`exec ${pod} -- wc -c /tmp/a.bin`).stdout.trim()).toMatch(/^8 /)
  expect(bytesOfText(cluster.kubectl(`cp ${pod}:tmp/a.bin b.bin`).files['b.bin'] ?? '')).toEqual(bytes)
  const base64 = btoa(String.fromCharCode(...bytes))
  const made = (kind: string): string =>
    cluster.kubectl(`create ${kind} c --from-file=a.bin --dry-run=client -o jsonpath={.binaryData}{.data}`, {
      files: { 'a.bin': bytes },
    }).stdout
  expect(made('configmap')).toBe(`{"a.bin":"${base64}"}`)
  expect(made('secret generic')).toBe(`{"a.bin":"${base64}"}`)
})

test('what does not end by itself is interrupted', () => {
  const cluster = withWeb()
  const pod = podOf(cluster)
  const watched = cluster.kubectl('get pods -w --no-headers -o name', { interruptAfter: 5_000 })
  expect(watched).toMatchObject({ stdout: `pod/${pod}\n`, stderr: '', exitCode: 1 })
  expect(cluster.kubectl('events -w -o name', { interruptAfter: 0 })).toMatchObject({
    stderr: '',
    exitCode: 1,
  })
  expect(cluster.kubectl(`logs -f ${pod}`, { interruptAfter: 0 }).exitCode).toBe(1)
  expect(cluster.kubectl(`attach ${pod}`, { interruptAfter: 1_000 }).exitCode).toBe(130)
  expect(cluster.kubectl('get pods -w').stderr).toContain('interruptAfter')
})

test('a server that was never reached is asked several times, one that is known is not', () => {
  const cluster = withWeb()
  const tries = (line: string, options: KubectlOptions = {}): number =>
    cluster.kubectl(line, options).stderr.split('memcache.go:265').length - 1
  const nowhere = ' --server=https://10.1.2.3:6443'
  expect(
    [
      `get pods${nowhere}`,
      `get pod/a${nowhere}`,
      `taint node n a=b:NoSchedule${nowhere}`,
      `run p --image=i${nowhere}`,
      `version${nowhere}`,
    ].map((line) => tries(line)),
  ).toEqual([5, 4, 2, 1, 0])
  expect(tries('get pods --token=nope')).toBe(0)
  expect(tries('get pods --token=nope', { knowsServer: false })).toBe(5)
  expect(cluster.kubectl(`create cm x${nowhere}`).stderr).toBe(
    'error: failed to create configmap: Post ' +
      '"https://10.1.2.3:6443/api/v1/namespaces/default/configmaps' +
      '?fieldManager=kubectl-create&fieldValidation=Strict": ' +
      'dial tcp 10.1.2.3:6443: connect: connection refused\n',
  )
  expect(cluster.kubectl('get pods --server=https://nope.invalid').stderr).toContain(
    'lookup nope.invalid on ',
  )
  cluster.apiserver.stop()
  expect(
    cluster.kubectl('apply -f a.yaml', {
      files: { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' },
    }).stderr,
  ).toMatch(
    /^error: error validating "a.yaml": error validating data: failed to download openapi: Get "https:/,
  )
})

test('a port is forwarded to a function', () => {
  const cluster = withWeb()
  let response = ''
  const { stdout } = cluster.kubectl('port-forward svc/web 8080:80', {
    forwarded: ([port]) => {
      const session = port?.connect()
      session?.write(new TextEncoder().encode('GET / HTTP/1.1\r\nhost: web\r\nconnection: close\r\n\r\n'))
      cluster.advance('1s')
      for (const { data } of session?.read() ?? []) response += new TextDecoder().decode(data)
      session?.stop()
    },
  })
  expect(stdout).toBe(
    'Forwarding from 127.0.0.1:8080 -> 80\nForwarding from [::1]:8080 -> 80\nHandling connection for 8080\n',
  )
  expect(response).toMatch(/^HTTP\/1\.1 200 OK/)
})

test('a port is open although nothing listens behind it, until somebody uses it', () => {
  const cluster = withWeb()
  const { stdout, stderr, exitCode } = cluster.kubectl('port-forward deploy/web 8081:81', {
    forwarded: ([port]) => port?.connect().stop(),
  })
  expect(stdout).toBe(
    'Forwarding from 127.0.0.1:8081 -> 81\nForwarding from [::1]:8081 -> 81\nHandling connection for 8081\n',
  )
  expect(stderr).toMatch(
    /^E.* portforward.go:424\] "Unhandled Error" err="an error occurred forwarding 8081 -> 81: Internal error occurred: failed to connect to localhost:81 .*"\nerror: lost connection to pod\n$/,
  )
  expect(exitCode).toBe(1)
  expect(cluster.kubectl('port-forward deploy/web 8081:81')).toMatchObject({ stderr: '', exitCode: 0 })
})

test('a proxy answers as its user, but not for streams into pods', () => {
  const cluster = withWeb()
  const responses: (readonly [code: number, body: string])[] = []
  const { stdout, exitCode } = cluster.kubectl('proxy --port=8001 --api-prefix=/k8s', {
    proxied: (send) => {
      for (const path of [
        '/k8s/api/v1/namespaces/default?x=1',
        '/api/v1/nodes',
        '/k8s/api/v1/namespaces/default/pods/web/exec',
      ]) {
        const { code, body } = send({ method: 'GET', path })
        responses.push([code, body])
      }
    },
  })
  expect([stdout, exitCode]).toEqual(['Starting to serve on 127.0.0.1:8001\n', 0])
  expect(responses.map(([code]) => code)).toEqual([200, 404, 403])
  expect(responses[0]?.[1]).toContain('"kind":"Namespace"')
  expect(cluster.kubectl('proxy').stderr).toMatch(/^error: a proxy would never end here/)
  expect(cluster.kubectl('proxy', { interruptAfter: 0 }).exitCode).toBe(130)
})

test('who has no credentials is asked for a name, and for a password', () => {
  const cluster = withWeb()
  const files = {
    'nobody.conf': cluster
      .kubectl('config view --raw')
      .stdout.replaceAll(/ +client-(certificate|key)-data: .*\n/g, ''),
  }
  const ask = (stdin: string): string => {
    const { stdout, stderr } = cluster.kubectl('get pods', {
      files,
      stdin,
      env: { KUBECONFIG: 'nobody.conf' },
    })
    return stdout + stderr
  }
  expect(ask('')).toBe('Please enter Username: error: EOF\n')
  expect(ask('jane\n')).toBe('Please enter Username: Please enter Password: error: EOF\n')
  expect(ask('jane secret\n')).toMatch(/^Please enter Username: Please enter Password: /)
})

test('an editor is asked again while the server refuses, and told why', () => {
  const cluster = withWeb()
  const shown: string[] = []
  const editor = (text: string): string => {
    shown.push(text)
    return shown.length === 1
      ? text.replace('replicas: 1', 'replicas: -1')
      : text.replace('replicas: -1', 'replicas: 3')
  }
  expect(cluster.kubectl('edit deploy web', { editor })).toMatchObject({
    stdout: 'deployment.apps/web edited\n',
    stderr: 'error: deployments.apps "web" is invalid\n',
    exitCode: 0,
  })
  expect(shown[1]).toContain('# * spec.replicas: Invalid value: -1: must be greater than or equal to 0\n')
  expect(cluster.get('deployments', { namespace: 'default', name: 'web' }).spec.replicas).toBe(3)
})

test('a debugging container runs in the pod, and a copy of the pod has one more', () => {
  const cluster = withWeb()
  const pod = podOf(cluster)
  expect(cluster.kubectl(`debug ${pod} --image=busybox --profile=general -c dbg -- sleep 100`)).toMatchObject(
    { stdout: '', stderr: '', exitCode: 0 },
  )
  cluster.settle()
  expect(
    cluster.kubectl(`get pod ${pod} -o jsonpath={.status.ephemeralContainerStatuses[*].name}`).stdout,
  ).toBe('dbg')
  const first = cluster.kubectl(`debug ${pod} --image=busybox --profile=general --copy-to=copy -- sleep 100`)
  expect(first.stdout).toMatch(/^Defaulting debug container name to debugger-[a-z0-9]{5}\.\n$/)
  expect(cluster.get('pods', { namespace: 'default', name: 'copy' }).spec).toMatchObject({
    shareProcessNamespace: true,
    containers: [{ name: 'nginx' }, {}],
  })
  expect(withWeb().kubectl('run x --image=nginx --dry-run=client').stdout).toBe('pod/x created (dry run)\n')
})

test('what client-side apply owned belongs to kubectl once the server applies', () => {
  const cluster = new SimCluster({ nodes: 0 })
  const manifest = (data: object): string =>
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data })
  cluster.kubectl('apply -f -', { stdin: manifest({ a: '1', b: '2' }) })
  expect(cluster.kubectl('apply --server-side -f -', { stdin: manifest({ a: '1' }) })).toMatchObject({
    stdout: 'configmap/c serverside-applied\n',
    stderr: '',
  })
  const { data, metadata } = cluster.get('configmaps', { namespace: 'default', name: 'c' })
  expect(data).toEqual({ a: '1' })
  expect(metadata.managedFields?.map(({ manager, operation }) => `${manager} ${operation}`)).not.toContain(
    'kubectl-client-side-apply Update',
  )
})
