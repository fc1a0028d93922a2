import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'

function withWeb(): SimCluster {
  const cluster = new SimCluster({ nodes: 1 })
  expect(cluster.kubectl('create deployment web --image=nginx --port=80').stderr).toBe('')
  expect(cluster.kubectl('expose deploy web').stderr).toBe('')
  cluster.settle()
  cluster.advance('5s')
  return cluster
}

const podOf = (cluster: SimCluster): string => cluster.list('pods', { namespace: 'default' }).items[0]?.metadata.name ?? ''

test('files go into a container and come back', () => {
  const cluster = withWeb()
  const pod = podOf(cluster)
  const files = { 'd/a.txt': 'A\n', 'd/e/b.txt': 'ünï\n' }
  expect(cluster.kubectl(`cp d ${pod}:/tmp`, { files })).toMatchObject({ stdout: '', stderr: '', exitCode: 0 })
  expect(cluster.kubectl(`exec ${pod} -- cat /tmp/d/e/b.txt`).stdout).toBe('ünï\n')
  expect(cluster.kubectl(`cp ${pod}:tmp/d back`).files).toEqual({ 'back/a.txt': 'A\n', 'back/e/b.txt': 'ünï\n' })
  expect(cluster.kubectl(`cp ${pod}:/nope x`)).toMatchObject({ exitCode: 1, files: {} })
})

test('a port is forwarded to a function', () => {
  const cluster = withWeb()
  let answer = ''
  const { stdout } = cluster.kubectl('port-forward svc/web 8080:80', {
    forwarded: ([port]) => {
      const session = port?.connect()
      session?.write(new TextEncoder().encode('GET / HTTP/1.1\r\nhost: web\r\nconnection: close\r\n\r\n'))
      cluster.advance('1s')
      for (const { data } of session?.read() ?? []) answer += new TextDecoder().decode(data)
      session?.stop()
    },
  })
  expect(stdout).toBe('Forwarding from 127.0.0.1:8080 -> 80\nForwarding from [::1]:8080 -> 80\n')
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK/)
})

test('an editor is asked again while the server refuses, and told why', () => {
  const cluster = withWeb()
  const shown: string[] = []
  const editor = (text: string): string => {
    shown.push(text)
    return shown.length === 1 ? text.replace('replicas: 1', 'replicas: -1') : text.replace('replicas: -1', 'replicas: 3')
  }
  expect(cluster.kubectl('edit deploy web', { editor })).toMatchObject({
    stdout: 'deployment.apps/web edited\n', stderr: 'error: deployments.apps "web" is invalid\n', exitCode: 0,
  })
  expect(shown[1]).toContain('# * spec.replicas: Invalid value: -1: must be greater than or equal to 0\n')
  expect(cluster.get('deployments', { namespace: 'default', name: 'web' }).spec.replicas).toBe(3)
})

test('a debugging container runs in the pod, and a copy of the pod has one more', () => {
  const cluster = withWeb()
  const pod = podOf(cluster)
  expect(cluster.kubectl(`debug ${pod} --image=busybox --profile=general -c dbg -- sleep 100`)).toMatchObject({ stdout: '', stderr: '', exitCode: 0 })
  cluster.settle()
  expect(cluster.kubectl(`get pod ${pod} -o jsonpath={.status.ephemeralContainerStatuses[*].name}`).stdout).toBe('dbg')
  const first = cluster.kubectl(`debug ${pod} --image=busybox --profile=general --copy-to=copy -- sleep 100`)
  expect(first.stdout).toMatch(/^Defaulting debug container name to debugger-[a-z0-9]{5}\.\n$/)
  expect(cluster.get('pods', { namespace: 'default', name: 'copy' }).spec).toMatchObject({ shareProcessNamespace: true, containers: [{ name: 'nginx' }, {}] })
  expect(withWeb().kubectl('run x --image=nginx --dry-run=client').stdout).toBe('pod/x created (dry run)\n')
})

test('what client-side apply owned belongs to kubectl once the server applies', () => {
  const cluster = new SimCluster({ nodes: 0 })
  const manifest = (data: object): string => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data })
  cluster.kubectl('apply -f -', { stdin: manifest({ a: '1', b: '2' }) })
  expect(cluster.kubectl('apply --server-side -f -', { stdin: manifest({ a: '1' }) })).toMatchObject({ stdout: 'configmap/c serverside-applied\n', stderr: '' })
  const { data, metadata } = cluster.get('configmaps', { namespace: 'default', name: 'c' })
  expect(data).toEqual({ a: '1' })
  expect(metadata.managedFields?.map(({ manager, operation }) => `${manager} ${operation}`)).not.toContain('kubectl-client-side-apply Update')
})
