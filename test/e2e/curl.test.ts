import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { needs, serveCluster } from './harness.js'
import type { ServedCluster } from './harness.js'

const MAPS = '/api/v1/namespaces/default/configmaps'

/** A served cluster with the administrator's certificate beside it, and its user `robot` with a token. */
async function withCertificate(): Promise<{
  readonly served: ServedCluster
  readonly admin: readonly string[]
}> {
  const users = [{ name: 'robot', token: 'robot-token', groups: ['system:masters'] }]
  const served = await serveCluster({ nodes: 1, users }, { time: 'virtual' })
  const { certificate, key } = served.cluster.pki.clientCertificate(
    { commonName: 'root', organizations: ['system:masters'] },
    { notBefore: served.cluster.now() },
  )
  served.file('root.crt', certificate)
  served.file('root.key', key)
  return { served, admin: ['--cert', 'root.crt', '--key', 'root.key'] }
}

/** Code, protocol and body of an answer. */
async function ask(
  served: ServedCluster,
  path: string,
  args: readonly string[],
): Promise<{ readonly code: string; readonly body: string }> {
  const { stdout } = await served.curl(path, ['-o', 'body', '-w', '%{http_code} %{http_version}', ...args])
  return { code: stdout, body: readFileSync(join(served.folder, 'body'), 'utf8') }
}

const map = (name: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })

test('bodies: YAML, without a type, of a form, chunked, in pieces, with 100-continue', async (context) => {
  needs(context, 'curl')
  const { served, admin } = await withCertificate()
  await using _ = served
  const post = (args: readonly string[]): ReturnType<typeof ask> =>
    ask(served, MAPS, [...admin, '-X', 'POST', ...args])
  served.file('cm.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata:\n  a: b\n')
  expect(await post(['--data-binary', '@cm.yaml', '-H', 'Content-Type: application/yaml'])).toMatchObject({
    code: '201 2',
  })
  expect(served.cluster.get('configmaps', { namespace: 'default', name: 'yaml' }).data).toEqual({ a: 'b' })
  expect(await post(['-d', map('untyped'), '-H', 'Content-Type:'])).toMatchObject({ code: '201 2' })
  const form = await post(['-d', map('form')])
  expect(form.code).toBe('415 2')
  expect(JSON.parse(form.body)).toMatchObject({
    reason: 'UnsupportedMediaType',
    message:
      'the body of the request was in an unknown format - accepted media types include: ' +
      'application/json, application/yaml, application/vnd.kubernetes.protobuf',
  })
  const json = ['-H', 'Content-Type: application/json']
  expect(await post([...json, '-d', '{"kind":'])).toMatchObject({ code: '400 2' })
  served.file(
    'large.json',
    JSON.stringify({ ...(JSON.parse(map('large')) as object), data: { x: 'y'.repeat(900_000) } }),
  )
  expect(
    await post([...json, '--http1.1', '-H', 'Transfer-Encoding: chunked', '--data-binary', '@large.json']),
  ).toMatchObject({ code: '201 1.1' })
  served.file('expect.json', map('expecting'))
  expect(
    await post([...json, '--http1.1', '-H', 'Expect: 100-continue', '--data-binary', '@expect.json']),
  ).toMatchObject({ code: '201 1.1' })
  served.file('small.json', map('slow'))
  expect(await post([...json, '--limit-rate', '100', '-T', 'small.json'])).toMatchObject({ code: '201 2' })
  served.file('huge', 'x'.repeat(4_000_000))
  for (const version of ['--http1.0', '--http1.1', '--http2']) {
    const huge = await post([...json, version, '--data-binary', '@huge'])
    expect(huge.code).toMatch(/^413/)
    expect(JSON.parse(huge.body)).toMatchObject({
      reason: 'RequestEntityTooLarge',
      message: 'Request entity too large: limit is 3145728',
    })
  }
})

test('verbs: merge patch, delete with and without a body, HEAD, OPTIONS, dry run, users', async (context) => {
  needs(context, 'curl')
  const { served, admin } = await withCertificate()
  await using _ = served
  const call = (path: string, ...args: readonly string[]): ReturnType<typeof ask> =>
    ask(served, path, [...admin, ...args])
  const json = ['-H', 'Content-Type: application/json']
  const merge = [
    '-X',
    'PATCH',
    '-H',
    'Content-Type: application/merge-patch+json',
    '-d',
    '{"spec":{"unschedulable":true}}',
  ]
  expect(await call('/api/v1/nodes/node-1', ...merge)).toMatchObject({ code: '200 2' })
  expect(served.cluster.get('nodes', { name: 'node-1' }).spec.unschedulable).toBe(true)
  expect(await call(MAPS, '-X', 'POST', ...json, '-d', map('a'))).toMatchObject({ code: '201 2' })
  expect(await call(`${MAPS}?dryRun=All`, '-X', 'POST', ...json, '-d', map('b'))).toMatchObject({
    code: '201 2',
  })
  expect(await call(`${MAPS}/b`)).toMatchObject({ code: '404 2' })
  expect(await call(`${MAPS}/a`, '-X', 'DELETE')).toMatchObject({ code: '200 2' })
  await call(MAPS, '-X', 'POST', ...json, '-d', map('a'))
  expect(
    await call(`${MAPS}/a`, '-X', 'DELETE', ...json, '-d', '{"preconditions":{"uid":"x"}}'),
  ).toMatchObject({ code: '409 2' })
  expect(
    await call(`${MAPS}/a`, '-X', 'DELETE', ...json, '-d', '{"propagationPolicy":"Background"}'),
  ).toMatchObject({ code: '200 2' })
  const head = await served.curl('/api/v1/nodes', [...admin, '-I', '--http1.1'])
  expect(head.stdout).toMatch(/^HTTP\/1\.1 (405|200)/)
  expect(await call('/version/', '--compressed')).toMatchObject({ code: '200 2' })
  expect(await call('/api/v1/nodes', '-H', 'Impersonate-User: jane')).toMatchObject({
    code: '403 2',
    body: expect.stringContaining('User \\"jane\\" cannot list'),
  })
})

test('credentials: tokens of users and service accounts; none; a server not trusted', async (context) => {
  needs(context, 'curl')
  const { served, admin } = await withCertificate()
  await using _ = served
  const bearer = (token: string): ReturnType<typeof ask> =>
    ask(served, '/api/v1/nodes', ['-H', `Authorization: Bearer ${token}`])
  expect(await bearer('robot-token')).toMatchObject({ code: '200 2' })
  expect(await bearer('nonsense')).toMatchObject({ code: '401 2' })
  const issued = await ask(served, '/api/v1/namespaces/default/serviceaccounts/default/token', [
    ...admin,
    '-X',
    'POST',
    '-H',
    'Content-Type: application/json',
    '-d',
    '{"spec":{"expirationSeconds":600}}',
  ])
  const {
    status: { token },
  } = JSON.parse(issued.body) as { status: { token: string } }
  expect(await bearer(token)).toMatchObject({
    code: '403 2',
    body: expect.stringContaining('User \\"system:serviceaccount:default:default\\" cannot list'),
  })
  served.cluster.advance('12m')
  expect(await bearer(token)).toMatchObject({ code: '401 2' })
  // a certificate and a token: the certificate is looked at first
  expect(
    await ask(served, '/api/v1/nodes', [...admin, '-H', 'Authorization: Bearer nonsense']),
  ).toMatchObject({ code: '200 2' })
  expect(await ask(served, '/healthz', [])).toEqual({ code: '200 2', body: 'ok' })
  expect(await served.run('curl', ['-sS', `${served.server.url}/version`])).toMatchObject({ code: 60 })
  expect(await served.run('curl', ['-sSk', `${served.server.url}/version`])).toMatchObject({ code: 0 })
})

test('protocols: HTTP/1.0, many requests on a connection, many at once, watches of both', async (context) => {
  needs(context, 'curl')
  const { served, admin } = await withCertificate()
  await using _ = served
  expect((await ask(served, '/version', ['--http1.0'])).body).toContain('"gitVersion"')
  const urls = Array.from(
    { length: 40 },
    (_unused, at) => `${served.server.url}/api/v1/nodes/node-1?at=${at}`,
  )
  for (const how of [
    ['--http1.1'],
    ['--http2'],
    ['--http2', '--parallel', '--parallel-immediate', '--parallel-max', '40'],
  ]) {
    const { code, stdout } = await served.run('curl', [
      '-sS',
      '--cacert',
      'ca.crt',
      ...admin,
      ...how,
      '-w',
      '%{stderr}%{num_connects} ',
      ...urls,
    ])
    expect(code).toBe(0)
    expect(stdout.match(/"kind":"Node"|"kind": "Node"/g)).toHaveLength(40)
  }
  for (const version of ['--http1.0', '--http1.1', '--http2']) {
    const watch = served.start('curl', [
      '-sSN',
      '--cacert',
      'ca.crt',
      ...admin,
      version,
      `${served.server.url}${MAPS}?watch=true&fieldSelector=metadata.name=w`,
    ])
    await new Promise((resolve) => setTimeout(resolve, 300))
    const name = { namespace: 'default', name: 'w' }
    served.cluster.create('configmaps', { metadata: name })
    await watch.until('"type":"ADDED"')
    served.cluster.delete('configmaps', name)
    await watch.until('"type":"DELETED"')
    await watch.stop()
  }
})
