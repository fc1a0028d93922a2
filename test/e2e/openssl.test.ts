import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { needs, serveCluster } from './harness.js'
import type { ServedCluster } from './harness.js'

async function openssl(
  served: ServedCluster,
  args: string | readonly string[],
  stdin?: string,
): Promise<string> {
  const { stdout, stderr } = await served.run('openssl', args, stdin === undefined ? {} : { stdin })
  return stdout + stderr
}

test('a handshake: the chain, the request for a certificate, versions of TLS', async (context) => {
  needs(context, 'openssl')
  await using served = await serveCluster({ nodes: 1 })
  served.file('ca.crt', served.server.authority)
  const connect = (args: string): Promise<string> =>
    openssl(served, `s_client -connect 127.0.0.1:${served.server.port} -CAfile ca.crt ${args}`.trim())
  for (const version of ['-tls1_2', '-tls1_3']) {
    const said = await connect(version)
    expect(said).toContain('Verify return code: 0 (ok)')
    expect(said).toMatch(/Acceptable client certificate CA names\n[^\n]*CN ?= ?kubernetes\n/)
    // as a Go server does, it shows no more than its certificate
    expect(said).not.toMatch(/^ 1 s:/m)
    expect(said).toMatch(/0 s:.*CN ?= ?kube-apiserver\n +i:.*CN ?= ?kubernetes\n/)
  }
  for (const version of ['-tls1_1', '-tls1'])
    expect(await connect(`${version} -cipher ALL:@SECLEVEL=0`)).toMatch(
      /alert protocol version|no protocols available/,
    )
  // whom the server asks by TLS 1.2 and 1.3 is asked again when a session is resumed
  const { certificate, key } = served.cluster.pki.clientCertificate(
    { commonName: 'jane' },
    { notBefore: served.cluster.now() },
  )
  served.file('jane.crt', certificate)
  served.file('jane.key', key)
  const asked = 'GET /api/v1/nodes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  for (const version of ['-tls1_2', '-tls1_3'])
    for (const session of ['-sess_out session', '-sess_in session']) {
      const words =
        `s_client -connect 127.0.0.1:${served.server.port} -CAfile ca.crt -cert jane.crt -key jane.key ` +
        `${version} ${session} -ign_eof -quiet`
      expect(await openssl(served, words, asked)).toContain('User \\"jane\\" cannot list resource')
    }
})

/**
 * What a certificate's authority lies in: a kubelet makes one for its serving certificate, and appends it.
 */
function authorityOf(path: string): string {
  if (path.endsWith('/kubelet.crt')) return path.slice(1)
  return (
    'etc/kubernetes/pki/' +
    `${path.includes('front-proxy') ? 'front-proxy-ca' : path.includes('etcd') ? 'etcd/ca' : 'ca'}.crt`
  )
}

/** What `openssl x509 -text` tells that the inventory tells too. */
function told(text: string): Readonly<Record<string, unknown>> {
  const name = (line: string, part: string): readonly string[] =>
    [...line.matchAll(new RegExp(`\\b${part} ?= ?([^,\n]+)`, 'g'))].map(([, value = '']) => value)
  const [, subject = ''] = /Subject:(.*)/.exec(text) ?? []
  const [, issuer = ''] = /Issuer:(.*)/.exec(text) ?? []
  const [, names = ''] = /Subject Alternative Name: *(?:critical)?\n *(.*)/.exec(text) ?? []
  return {
    commonName: name(subject, 'CN')[0],
    organizations: name(subject, 'O'),
    issuer: name(issuer, 'CN')[0],
    names: names === '' ? [] : names.split(', ').toSorted(),
    notAfter: Date.parse(/Not After : (.*)/.exec(text)?.[1] ?? ''),
    bits: /Public-Key: \((\d+) bit\)/.exec(text)?.[1],
  }
}

test.for(['v1.14', 'v1.35'])(
  'every file of the cluster is what openssl takes it for, %s',
  async (version, context) => {
    needs(context, 'openssl')
    await using served = await serveCluster({ nodes: 1, version })
    const rows = new Map([
      ...served.cluster.pki.inventory().map((row) => [row.path, row] as const),
      ...served.cluster.pki.inventory('node-1').map((row) => [`/node-1${row.path}`, row] as const),
    ])
    const { pki } = served.cluster
    const at = String(Math.floor(served.cluster.now() / 1000))
    const files = [
      ...pki.paths().map((path) => ({ path, text: pki.read(path) })),
      ...pki.paths('node-1').map((path) => ({ path: `/node-1${path}`, text: pki.read(path, 'node-1') })),
    ]
    for (const { path, text } of files) served.file(path.slice(1), text)
    const seen: Record<string, number> = { certificate: 0, key: 0, kubeconfig: 0, other: 0 }
    await Promise.all(
      files.map(async ({ path, text }, number) => {
        const file = path.slice(1)
        if (path.endsWith('.crt') || path.endsWith('.pem')) {
          seen.certificate!++
          expect
            .soft(
              await openssl(served, [
                'verify',
                '-attime',
                at,
                '-x509_strict',
                '-CAfile',
                authorityOf(path),
                file,
              ]),
              path,
            )
            .toBe(`${file}: OK\n`)
          expect
            .soft(await openssl(served, ['x509', '-in', file, '-noout', '-subject', '-serial']), path)
            .toMatch(/^subject=.*\nserial=[0-9A-F]+\n$/)
          const row = rows.get(path)
          const { commonName, organizations, issuer, names, notAfter } = row ?? {}
          // beside the kubelet's certificate, which has a row, lie those that it had before
          if (row === undefined) expect.soft(path).toMatch(/kubelet-client-\d/)
          else
            expect
              .soft(told(await openssl(served, ['x509', '-in', file, '-noout', '-text'])), path)
              .toEqual({
                commonName,
                organizations,
                issuer,
                names: names?.toSorted(),
                notAfter: Math.floor((notAfter ?? NaN) / 1000) * 1000,
                bits: '2048',
              })
        }
        if (path.endsWith('.key') || path.endsWith('.pem')) {
          seen.key!++
          expect
            .soft(await openssl(served, ['pkey', '-in', file, '-noout', '-check']), path)
            .toContain('Key is valid')
          const pair = path.replace(/\.key$/, path.endsWith('sa.key') ? '.pub' : '.crt').slice(1)
          const [mine, theirs] = await Promise.all([
            openssl(served, ['pkey', '-in', file, '-pubout']),
            openssl(
              served,
              path.endsWith('sa.key')
                ? ['pkey', '-pubin', '-in', pair, '-pubout']
                : ['x509', '-in', pair, '-noout', '-pubkey'],
            ),
          ])
          expect.soft(mine, path).toBe(theirs)
        }
        for (const [, name = '', data = ''] of text.matchAll(
          /(client-certificate|certificate-authority)-data: (\S+)/g,
        )) {
          seen.kubeconfig!++
          const embedded = `embedded-${number}-${name}.crt`
          served.file(embedded, Buffer.from(data, 'base64').toString())
          expect
            .soft(
              await openssl(served, [
                'verify',
                '-attime',
                at,
                '-CAfile',
                'etc/kubernetes/pki/ca.crt',
                embedded,
              ]),
              `${path} ${name}`,
            )
            .toBe(`${embedded}: OK\n`)
        }
      }),
    )
    expect(seen.certificate).toBeGreaterThan(9)
    expect(seen.key).toBeGreaterThan(9)
    expect(seen.kubeconfig).toBeGreaterThan(5)
  },
)

test('a request made by openssl and approved with kubectl gives a certificate for curl', async (context) => {
  needs(context, 'openssl', 'kubectl', 'curl')
  await using served = await serveCluster({ nodes: 1 })
  await openssl(served, [
    'req',
    '-new',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'dave.key',
    '-out',
    'dave.csr',
    '-subj',
    '/O=dev/CN=dave',
  ])
  expect(await openssl(served, 'req -in dave.csr -noout -verify')).toContain('verify OK')
  const request = readFileSync(join(served.folder, 'dave.csr')).toString('base64')
  served.file(
    'csr.yaml',
    `
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: dave}
spec: {request: ${request}, signerName: kubernetes.io/kube-apiserver-client, usages: [client auth], expirationSeconds: 3600}
`,
  )
  for (const words of ['apply -f csr.yaml', 'certificate approve dave'])
    expect(await served.kubectl(words)).toMatchObject({ code: 0, stderr: '' })
  const issued = async (): Promise<string> =>
    (await served.kubectl('get csr dave -o jsonpath={.status.certificate}')).stdout
  await expect.poll(issued, { timeout: 10_000 }).not.toBe('')
  served.file('dave.crt', Buffer.from(await issued(), 'base64').toString())
  served.file('ca.crt', served.server.authority)
  const at = String(Math.floor(served.cluster.now() / 1000))
  expect(
    await openssl(served, [
      'verify',
      '-attime',
      at,
      '-purpose',
      'sslclient',
      '-x509_strict',
      '-CAfile',
      'ca.crt',
      'dave.crt',
    ]),
  ).toBe('dave.crt: OK\n')
  expect(await openssl(served, 'x509 -in dave.crt -noout -subject -nameopt RFC2253')).toBe(
    'subject=CN=dave,O=dev\n',
  )
  const me = ['--cert', 'dave.crt', '--key', 'dave.key']
  expect((await served.curl('/api/v1/nodes', me)).stdout).toContain('User \\"dave\\" cannot list resource')
  const review = ['-X', 'POST', '-H', 'Content-Type: application/json', '-d', '{}']
  const whoami = JSON.parse(
    (await served.curl('/apis/authentication.k8s.io/v1/selfsubjectreviews', [...me, ...review])).stdout,
  ) as { status: { userInfo: { groups: string[] } } }
  expect(whoami.status.userInfo.groups).toEqual(['dev', 'system:authenticated'])
})
