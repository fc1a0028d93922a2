import { expect, test } from 'vitest'
import { Pki } from '../../src/pki/index.js'
import { Random } from '../../src/sim/random.js'
import { needs, serveCluster } from './harness.js'
import type { ServedCluster } from './harness.js'

/** Writes the certificate and key of a user, for curl. */
function credentials(
  served: ServedCluster,
  name: string,
  pki: Pki = served.cluster.pki,
  validFor = 3_600_000,
): readonly string[] {
  const { certificate, key } = pki.clientCertificate(
    { commonName: name, organizations: ['system:masters'] },
    { notBefore: served.cluster.now(), validFor },
  )
  served.file(`${name}.crt`, certificate)
  served.file(`${name}.key`, key)
  return ['--cert', `${name}.crt`, '--key', `${name}.key`]
}

const code = ['-o', 'body', '-w', '%{http_code} %{http_version}']

test('curl with each protocol, with and without certificates, good and bad', async (context) => {
  needs(context, 'curl')
  await using served = await serveCluster({ nodes: 1 }, { time: 'virtual' })
  const get = async (args: readonly string[], path = '/api/v1/nodes'): Promise<string> =>
    (await served.curl(path, [...code, ...args])).stdout
  expect(await get([])).toBe('403 2')
  const good = credentials(served, 'root')
  expect(await get(good)).toBe('200 2')
  expect(await get([...good, '--http1.1'])).toBe('200 1.1')
  const other = served.cluster.pki.config
  const foreign = new Pki({
    config: { ...other, seed: 77 },
    state: () => ({ files: new Map(), keys: new Map() }),
    serials: () => new Random(1).stream('x'),
  })
  expect(await get(credentials(served, 'stranger', foreign))).toBe('401 2')
  expect(await get(['-H', 'Authorization: Bearer nonsense'])).toBe('401 2')
  served.cluster.advance('2h')
  expect(await get(good)).toBe('401 2')
  expect((await served.curl('/api/v1/nodes', good)).stdout).toBe(
    JSON.stringify(
      {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'Unauthorized',
        reason: 'Unauthorized',
        code: 401,
      },
      null,
      2,
    ),
  )
})

test('headers of answers, compression, limits', async (context) => {
  needs(context, 'curl')
  await using served = await serveCluster({ nodes: 1 }, { time: 'virtual' })
  const admin = credentials(served, 'root')
  const { stdout } = await served.curl('/api/v1/namespaces', [
    ...admin,
    '-i',
    '--http1.1',
    '-H',
    'Audit-ID: abc',
  ])
  const [head = ''] = stdout.split('\r\n\r\n')
  const names = head
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(':')[0]?.toLowerCase())
  for (const name of ['audit-id', 'cache-control', 'content-type', 'date', 'content-length'])
    expect(names).toContain(name)
  expect(head.toLowerCase()).toContain('audit-id: abc')
  expect(head.toLowerCase()).toContain('cache-control: no-cache, private')
  served.file(
    'big.json',
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'big' },
      data: { x: 'y'.repeat(200_000) },
    }),
  )
  const post = ['-X', 'POST', '-H', 'Content-Type: application/json', '--data-binary', '@big.json']
  expect(
    (await served.curl('/api/v1/namespaces/default/configmaps', [...admin, ...code, ...post])).stdout,
  ).toBe('201 2')
  const path = '/api/v1/namespaces/default/configmaps/big'
  const sizes = await Promise.all(
    [[], ['-H', 'Accept-Encoding: gzip']].map((args) =>
      served
        .curl(path, [...admin, ...args, '-A', 'x', '-o', 'body', '-w', '%{size_download}'])
        .then((outcome) => Number(outcome.stdout)),
    ),
  )
  expect(sizes[0]).toBeGreaterThan(200_000)
  expect(sizes[1]).toBeLessThan(20_000)
  served.file('huge.json', 'x'.repeat(5_000_000))
  const huge = ['-X', 'POST', '-H', 'Content-Type: application/json', '--data-binary', '@huge.json']
  for (const version of ['--http1.1', '--http2']) {
    const response = await served.curl('/api/v1/namespaces/default/configmaps', [
      ...admin,
      version,
      ...huge,
      '-w',
      ' %{http_code}',
    ])
    expect(response.stdout).toContain('413')
  }
})

test('openssl: the serving certificate verifies, with names of here; protocols by ALPN', async (context) => {
  needs(context, 'openssl')
  await using served = await serveCluster({ nodes: 1 }, { certSANs: ['lab.example.com'] })
  served.file('ca.crt', served.server.authority)
  const connect = (args: readonly string[]): Promise<string> =>
    served
      .run('openssl', [
        's_client',
        '-connect',
        `127.0.0.1:${served.server.port}`,
        '-CAfile',
        'ca.crt',
        '-verify_return_error',
        ...args,
      ])
      .then(({ stdout, stderr }) => stdout + stderr)
  for (const name of ['localhost', 'kubernetes.default.svc', 'lab.example.com']) {
    expect(await connect(['-verify_hostname', name, '-alpn', 'h2,http/1.1'])).toMatch(
      /Verification: OK[\s\S]*|Verify return code: 0/,
    )
  }
  expect(await connect(['-verify_ip', '127.0.0.1', '-alpn', 'h2'])).toContain('ALPN protocol: h2')
  expect(await connect([])).toContain('No ALPN negotiated')
  expect(await connect(['-verify_hostname', 'example.org'])).toContain('hostname mismatch')
})

test('a cluster of another time is served with certificates that hold today', async (context) => {
  needs(context, 'openssl', 'curl')
  await using served = await serveCluster(
    { nodes: 1, time: { start: Date.UTC(2005, 0, 1) } },
    { time: 'virtual' },
  )
  expect((await served.curl('/version')).stdout).toContain('gitVersion')
})

test('a watch streams each event, and ends with its time, its client or its server', async (context) => {
  needs(context, 'curl')
  await using served = await serveCluster({ nodes: 1 })
  const admin = credentials(served, 'root')
  served.cluster.create('configmaps', { metadata: { name: 'first', namespace: 'default' } })
  served.file('ca.crt', served.server.authority)
  const url =
    `${served.server.url}/api/v1/namespaces/default/` +
    'configmaps?watch=true&fieldSelector=metadata.name!=kube-root-ca.crt'
  const watch = served.start('curl', ['-sSN', '--cacert', 'ca.crt', ...admin, url])
  await watch.until('"name":"first"')
  for (const name of ['a', 'b', 'c']) {
    served.cluster.create('configmaps', { metadata: { name, namespace: 'default' } })
    await watch.until(`"name":"${name}"`)
  }
  await watch.stop()
  const short = await served.run('curl', ['-sSN', '--cacert', 'ca.crt', ...admin, `${url}&timeoutSeconds=1`])
  expect(short).toMatchObject({ code: 0 })
  expect(
    short.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type),
  ).toEqual(['ADDED', 'ADDED', 'ADDED', 'ADDED'])
  const last = served.start('curl', ['-sSN', '--cacert', 'ca.crt', ...admin, url])
  await last.until('"name":"first"')
  const begun = performance.now()
  await served.server.close()
  expect(await last.done).toMatchObject({ code: 0 })
  expect(performance.now() - begun).toBeLessThan(5_000)
})
