import { createPrivateKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { cachedKey, createCertificate, testKeys } from '../../src/pki/index.js'

const IMAGE = 'registry.k8s.io/e2e-test-images/agnhost:2.59'

interface More {
  /** A value, or the field of the pod that it comes from. */
  readonly env?: Readonly<Record<string, string | { readonly fieldPath: string }>>
  readonly spec?: object
  readonly container?: object
}

/** Runs agnhost with these words in a pod of its own. */
function run(
  cluster: SimCluster,
  name: string,
  args: string,
  { env = {}, spec, container }: More = {},
): void {
  const variables = Object.entries(env).map(([key, value]) => ({
    name: key,
    ...(typeof value === 'string' ? { value } : { valueFrom: { fieldRef: value } }),
  }))
  cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: {
      ...spec,
      containers: [{ name: 'c', image: IMAGE, args: args.split(' '), env: variables, ...container }],
    },
  })
  cluster.settle()
}

const ipOf = (cluster: SimCluster, name: string): string => cluster.get('pods', name).status.podIP ?? ''

/** Runs curl in a pod, and returns what it prints and its exit code. */
function curl(cluster: SimCluster, words: string): string {
  const { stdout, stderr, exitCode } = cluster.exec('client', `curl -s ${words}`)
  return `${stdout}${stderr}${exitCode === 0 ? '' : `exit ${exitCode}`}`
}

function clusterWithClient(): SimCluster {
  const cluster = new SimCluster({ nodes: 2, seed: 3 })
  run(cluster, 'client', 'pause')
  return cluster
}

test('tcp-reset accepts connections and resets them', () => {
  const cluster = clusterWithClient()
  run(cluster, 'server', 'tcp-reset --port=9000')
  const ip = ipOf(cluster, 'server')
  expect(cluster.exec('client', `agnhost connect ${ip}:9000`).exitCode).toBe(0)
  expect(cluster.exec('client', `curl -sS http://${ip}:9000/`)).toMatchObject({
    exitCode: 56,
    stderr: 'curl: (56) Recv failure: Connection reset by peer\n',
  })
  expect(cluster.logs('server')).toMatch(
    new RegExp(`Serving on port 9000\\.\\n(.*TCP request from ${ipOf(cluster, 'client')}:\\d+\\n){2}$`),
  )
  cluster.delete('pods', 'server')
  cluster.advance('100ms')
  expect(cluster.logs('server')).toMatch(/signal: terminated\.\n.*Awaiting pod deletion\.\n$/)
})

test('audit-proxy writes each event of a list in the order of its fields', () => {
  const cluster = clusterWithClient()
  run(cluster, 'server', 'audit-proxy')
  const post = (body: unknown): string =>
    curl(cluster, `-w '%{http_code}' -d '${JSON.stringify(body)}' http://${ipOf(cluster, 'server')}:8080/`)
  const event = {
    verb: 'get',
    auditID: 'a',
    level: 'Metadata',
    stage: 'RequestReceived',
    user: { username: 'u' },
  }
  expect(post({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: [event] })).toBe('200')
  expect(cluster.logs('server')).toBe(
    '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a",' +
      '"stage":"RequestReceived","requestURI":"","verb":"get","user":{"username":"u"},' +
      '"requestReceivedTimestamp":null,"stageTimestamp":null}\n',
  )
  expect(post({ kind: 'EventList', apiVersion: 'audit.k8s.io/v2', items: [] })).toBe('500')
  expect(cluster.logs('server')).toContain('failed decoding buf: [1111011 ')
})

test('fake-gitserver greets on port 8000', () => {
  const cluster = clusterWithClient()
  run(cluster, 'server', 'fake-gitserver')
  expect(curl(cluster, `http://${ipOf(cluster, 'server')}:8000/any`)).toBe('I am a fake git server')
})

test('fake-registry-server serves the files of /var/registry, privately with a password', () => {
  const cluster = clusterWithClient()
  run(cluster, 'server', 'fake-registry-server --port=5001')
  const digest = `sha256:${'a'.repeat(64)}`
  const manifest = '{"mediaType":"application/vnd.oci.image.manifest.v1+json"}'
  cluster.exec('server', 'mkdir -p /var/registry/pause/manifests /var/registry/pause/blobs')
  for (const [path, content] of [
    ['manifests/testing', digest],
    [`manifests/${digest}`, manifest],
    [`blobs/${digest}`, 'layer'],
  ])
    cluster.exec('server', ['sh', '-c', `cd /var/registry/pause && echo -n '${content}' > ${path}`])
  const at = `http://${ipOf(cluster, 'server')}:5001`
  expect(curl(cluster, `-I ${at}/v2/`)).toContain('docker-distribution-api-version: registry/2.0\r\n')
  expect(curl(cluster, `-i ${at}/v2/pause/manifests/testing`)).toMatch(
    new RegExp(`^HTTP/1.1 307 .*location: /v2/pause/manifests/${digest}\\r\\n`, 's'),
  )
  expect(curl(cluster, `-i ${at}/v2/pause/manifests/${digest}`)).toContain(
    'content-type: application/vnd.oci.image.manifest.v1+json\r\n',
  )
  expect(curl(cluster, `${at}/v2/pause/blobs/${digest}`)).toBe('layer')
  const code = "-o /dev/null -w '%{http_code}'"
  expect(curl(cluster, `${code} ${at}/v2/pause/manifests/other`)).toBe('404')
  expect(curl(cluster, `${code} ${at}/v2/pause/tags/list`)).toBe('404')
  expect(curl(cluster, `${code} ${at}/v1/`)).toBe('404')
  expect(curl(cluster, `-w '%{http_code}' ${at}/private/v2/`)).toBe('Unauthorized\n401')
  const credentials = "-H 'Authorization: Basic dGVzdDp0ZXN0'"
  expect(curl(cluster, `-i ${credentials} ${at}/private/v2/pause/manifests/testing`)).toContain(
    `location: /private/v2/pause/manifests/${digest}\r\n`,
  )
  expect(cluster.logs('server')).toContain(`Serving blob: /var/registry/pause/blobs/${digest}\n`)
})

test('no-snat-test says who is seen, and its proxy asks another pod', () => {
  const cluster = clusterWithClient()
  const env = { POD_IP: { fieldPath: 'status.podIP' }, NODE_IP: { fieldPath: 'status.hostIP' } }
  run(cluster, 'a', 'no-snat-test --port=8080', { env })
  run(cluster, 'b', 'no-snat-test --port=8080', { env })
  run(cluster, 'proxy', 'no-snat-test-proxy')
  const [a, b, proxy] = ['a', 'b', 'proxy'].map((name) => ipOf(cluster, name))
  expect(curl(cluster, `http://${a}:8080/whoami`)).toMatch(`${ipOf(cluster, 'client')}:`)
  const check = (target: string, ips: string): string =>
    curl(cluster, `-w '%{http_code}' 'http://${proxy}:31235/checknosnat?target=${target}&ips=${ips}'`)
  expect(check(`${a}:8080`, `${b}:8080`)).toBe('200')
  expect(check(`${a}:8080`, `${b}:8080,${b}:1`)).toBe(
    `Get "http://${b}:1/whoami": dial tcp ${b}:1: connect: connection refused500`,
  )
  expect(check(`${a}:1`, '')).toBe(
    `error querying "http://${a}:1/checknosnat?ips=", err: Get "http://${a}:1/checknosnat?ips=": ` +
      `dial tcp ${a}:1: connect: connection refused500`,
  )
})

test('no-snat-test needs both addresses in its environment', () => {
  const cluster = clusterWithClient()
  run(cluster, 'a', 'no-snat-test')
  run(cluster, 'b', 'no-snat-test', { env: { POD_IP: '10.0.0.1', NODE_IP: 'node-1' } })
  expect(cluster.logs('a')).toBe('POD_IP env var was not present in the environment\n')
  expect(cluster.logs('b')).toBe('NODE_IP env var contained "node-1", which is not an IP address\n')
  expect(cluster.get('pods', 'b').status.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(1)
})

test('stress uses the CPUs at once and the memory step by step', () => {
  const cluster = new SimCluster({ nodes: 1, addons: { metricsServer: true } })
  run(cluster, 'hog', 'stress --cpus 2 --mem-total 950Mi --mem-alloc-size 100Mi --mem-alloc-sleep 30s')
  const usage = (): string => cluster.kubectl('top pod hog --no-headers').stdout.replaceAll(/ +/g, ' ').trim()
  cluster.advance('75s')
  expect(usage()).toMatch(/^hog 20\d\dm (208|308)Mi$/)
  cluster.advance('5m')
  expect(usage()).toBe('hog 2000m 908Mi')
  expect(cluster.logs('hog').replaceAll(/^(.)\S+ \S+ +1 \S+\] /gm, '$1 ')).toBe(
    'I Allocating "950Mi" memory, in "100Mi" chunks, with a 30s sleep between allocations\n' +
      'I Spawning a thread to consume CPU\n'.repeat(2) +
      'I Allocated "950Mi" memory\n',
  )
})

test('stress beyond the limit of its container is killed when it gets there', () => {
  const cluster = new SimCluster({ nodes: 1 })
  run(cluster, 'hog', 'stress --mem-total=1Gi --mem-alloc-size=12Mi --mem-alloc-sleep=10s', {
    container: { resources: { limits: { memory: '100Mi' } } },
  })
  const state = (): string | undefined =>
    cluster.get('pods', 'hog').status.containerStatuses?.[0]?.lastState?.terminated?.reason
  cluster.advance('50s')
  expect(state()).toBeUndefined()
  cluster.advance('60s')
  expect(state()).toBe('OOMKilled')
})

test('stress refuses wrong flags', () => {
  const cluster = clusterWithClient()
  const stress = (flags: string): readonly [number, string] => {
    const { exitCode, stderr } = cluster.exec('client', `agnhost stress ${flags}`)
    return [exitCode, stderr]
  }
  expect(stress('--mem-total=much')).toEqual([2, expect.stringContaining("panic: cannot parse 'much': ")])
  expect(stress('--mem-alloc-sleep=10')[0]).toBe(1)
  expect(stress('--memory=1')).toEqual([1, 'Error: unknown flag: --memory\n'])
})

test('podcertificatesigner says that the API is not served, and ends on SIGTERM with 0', () => {
  const cluster = clusterWithClient()
  const words = 'podcertificatesigner --signer-name=example.com/signer'
  run(cluster, 'signer', words)
  cluster.advance('1m')
  expect(cluster.logs('signer')).toContain(
    String.raw`requests.certificates.k8s.io is forbidden: User \"system:serviceaccount:default:default\"`,
  )
  cluster.kubectl(
    'create clusterrolebinding all --clusterrole=cluster-admin --serviceaccount=default:default',
  )
  cluster.advance('1m')
  expect(cluster.logs('signer')).toContain(
    'the server could not find the requested resource (get podcertificaterequests.certificates.k8s.io)',
  )
  expect(cluster.get('pods', 'signer').status.phase).toBe('Running')
})

/** An authority of SPIFFE certificates, and a credential bundle of one identity with the names. */
function credentials(
  cluster: SimCluster,
  names: { dns?: string[]; ip?: string[]; uri?: string[] },
): { readonly ca: string; readonly bundle: string } {
  const [caKey, key] = ['spiffe-ca', 'spiffe'].map((purpose) => testKeys(5)(purpose)) as [string, string]
  const issuer = { subject: { commonName: 'spiffe' }, key: cachedKey(caKey) }
  const times = { notBefore: cluster.now() - 60_000, notAfter: cluster.now() + 86_400_000 }
  const ca = createCertificate(
    { ...times, subject: issuer.subject, serial: 1n, keyUsages: ['cert sign'], isCa: true },
    cachedKey(caKey),
    issuer,
  )
  const leaf = createCertificate(
    {
      ...times,
      subject: { commonName: '' },
      serial: 2n,
      keyUsages: ['digital signature'],
      purposes: ['client auth', 'server auth'],
      names,
    },
    cachedKey(key),
    issuer,
  )
  return { ca, bundle: String(createPrivateKey(key).export({ type: 'pkcs8', format: 'pem' })) + leaf }
}

test('mtlsserver echoes the identity of a trusted client, and mtlsclient asks every ten seconds', () => {
  const cluster = clusterWithClient()
  const uri = 'spiffe://cluster.local/ns/default/sa/default'
  const client = credentials(cluster, { uri: [uri] })
  const server = credentials(cluster, { dns: ['server.default.svc'] })
  cluster.create('secrets', {
    metadata: { name: 'tls' },
    stringData: { 'client.pem': client.bundle, 'server.pem': server.bundle, 'ca.pem': client.ca },
  })
  cluster.create('services', {
    metadata: { name: 'server' },
    spec: { selector: { run: 'server' }, ports: [{ port: 443, targetPort: 8443 }] },
  })
  const mounted = {
    spec: { volumes: [{ name: 'tls', secret: { secretName: 'tls' } }] },
    container: { volumeMounts: [{ name: 'tls', mountPath: '/tls' }] },
  }
  run(
    cluster,
    'server',
    'mtlsserver --listen=0.0.0.0:8443 --server-creds=/tls/server.pem --spiffe-trust-bundle=/tls/ca.pem',
    mounted,
  )
  cluster.kubectl('label pod server run=server')
  const start =
    'mtlsclient --client-cred-bundle=/tls/client.pem --server-trust-bundle=/tls/ca.pem --fetch-url='
  run(cluster, 'good', `${start}https://server.default.svc/spiffe-echo`, mounted)
  run(cluster, 'address', `${start}https://${ipOf(cluster, 'server')}:8443/spiffe-echo`, mounted)
  run(cluster, 'none', 'mtlsclient --fetch-url=https://server.default.svc/')
  cluster.advance('25s')
  expect(cluster.logs('good').match(/Got response body: .*/g)).toEqual(
    Array.from({ length: 2 }, () => `Got response body: Client Identity: ${uri}`),
  )
  expect(cluster.logs('address')).toMatch(
    /while getting URL: Get "https:\/\/10\S+: tls: failed to verify certificate: x509: /,
  )
  expect(cluster.logs('none')).toBe('Error: missing required flags\n')
  const at = `${ipOf(cluster, 'server')}:8443/spiffe-echo`
  expect(curl(cluster, `-k https://${at}`)).toBe('SPIFFE client certificate authentication required\n')
  expect(curl(cluster, `http://${at}`)).toBe('Client sent an HTTP request to an HTTPS server.\n')
  expect(cluster.exec('good', `curl -sk --cert /tls/client.pem https://${at}`).stdout).toBe(
    `Client Identity: ${uri}`,
  )
  expect(cluster.exec('good', `curl -sk --cert /tls/server.pem https://${at}`).stdout).toBe(
    'Malformed SPIFFE certificate\n',
  )
  expect(cluster.exec('good', `curl -sk --cert /tls/no.pem https://${at}`).exitCode).toBe(58)
})
