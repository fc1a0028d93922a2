import { beforeAll, describe, expect, it } from 'vitest'
import { SimCluster } from '../../src/index.js'
import { certificates, START } from './certificates.js'

const { ca, server, key } = certificates('e2e-test-webhook.default.svc')
const metadata = { name: 'e2e-test-webhook', namespace: 'default' }
const labels = { app: 'webhook' }

/** The webhook and its Service, as the end-to-end tests deploy them. */
function deployed(subcommand: string): readonly object[] {
  const port = 8444
  const args = [
    subcommand,
    '--tls-cert-file=/webhook.local.config/certificates/tls.crt',
    '--tls-private-key-file=/webhook.local.config/certificates/tls.key',
    '--alsologtostderr',
    '-v=4',
    `--port=${port}`,
  ]
  const container = {
    name: 'webhook',
    image: 'registry.k8s.io/e2e-test-images/agnhost:2.56',
    args,
    ports: [{ containerPort: port }],
    readinessProbe: { httpGet: { scheme: 'HTTPS', port, path: '/readyz' }, periodSeconds: 1 },
    volumeMounts: [{ name: 'certs', mountPath: '/webhook.local.config/certificates' }],
  }
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'certs', namespace: 'default' },
      stringData: { 'tls.crt': server, 'tls.key': key },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [container], volumes: [{ name: 'certs', secret: { secretName: 'certs' } }] },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ port: 8443, targetPort: port }] },
    },
  ]
}

function clientConfig(path: string, bundle: string = ca): object {
  return { service: { ...metadata, path, port: 8443 }, caBundle: btoa(bundle) }
}

function configuration(kind: 'Validating' | 'Mutating', name: string, webhook: object): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name },
    webhooks: [
      {
        name: `${name}.k8s.io`,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        timeoutSeconds: 10,
        rules: [{ operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
        ...webhook,
      },
    ],
  }
}

const configMap = (name: string, data: object): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data,
})

describe('a webhook behind a Service', () => {
  let base: SimCluster
  beforeAll(() => {
    base = new SimCluster({ nodes: 1, time: { start: START } })
    for (const object of deployed('webhook')) base.apply(object)
    base.settle()
    base.advance('3s')
  })

  it('denies and mutates as the program in its pod says', () => {
    const cluster = base.fork()
    cluster.apply(configuration('Validating', 'deny', { clientConfig: clientConfig('/configmaps') }))
    cluster.apply(configuration('Mutating', 'add', { clientConfig: clientConfig('/mutating-configmaps') }))
    expect(() => cluster.apply(configMap('a', { 'webhook-e2e-test': 'webhook-disallow' }))).toThrow(
      'admission webhook "deny.k8s.io" denied the request: the configmap contains unwanted key and value',
    )
    cluster.apply(configMap('b', { 'mutation-start': 'yes' }))
    expect(cluster.get('configmaps', { namespace: 'default', name: 'b' }).data).toEqual({
      'mutation-start': 'yes',
      'mutation-stage-1': 'yes',
    })
  })

  it('is not trusted with another authority or name, and fails when it takes too long', () => {
    const cluster = base.fork()
    const bundle = certificates('other').server
    cluster.apply(configuration('Validating', 'x', { clientConfig: clientConfig('/configmaps', bundle) }))
    expect(() => cluster.apply(configMap('a', {}))).toThrow(
      'failed calling webhook "x.k8s.io": failed to call webhook: Post ' +
        '"https://e2e-test-webhook.default.svc:8443/configmaps?timeout=10s": tls: failed to verify ' +
        'certificate: x509: certificate signed by unknown authority',
    )
    const slow = base.fork()
    const timed = { clientConfig: clientConfig('/always-allow-delay-5s'), timeoutSeconds: 1 }
    slow.apply(configuration('Validating', 'x', timed))
    expect(() => slow.apply(configMap('a', {}))).toThrow('context deadline exceeded')
    const patient = base.fork()
    patient.apply(configuration('Validating', 'x', { ...timed, timeoutSeconds: 6 }))
    patient.apply(configMap('a', {}))
  })

  it('cannot be called once its pods are gone', () => {
    const cluster = base.fork()
    cluster.apply(configuration('Validating', 'x', { clientConfig: clientConfig('/configmaps') }))
    cluster.client.delete('deployments', metadata)
    cluster.settle()
    cluster.advance('1m')
    expect(() => cluster.apply(configMap('a', {}))).toThrow('connect: connection refused')
  })
})

it('a conversion webhook behind a Service converts custom resources', () => {
  const cluster = new SimCluster({ nodes: 1, time: { start: START } })
  for (const object of deployed('crd-conversion-webhook')) cluster.apply(object)
  cluster.settle()
  cluster.advance('3s')
  const schema = (properties: readonly string[]): object => ({
    openAPIV3Schema: {
      type: 'object',
      properties: Object.fromEntries(properties.map((name) => [name, { type: 'string' }])),
    },
  })
  cluster.apply({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'servers.stable.example.com' },
    spec: {
      group: 'stable.example.com',
      names: { plural: 'servers', kind: 'Server' },
      scope: 'Namespaced',
      conversion: {
        strategy: 'Webhook',
        webhook: { clientConfig: clientConfig('/crdconvert'), conversionReviewVersions: ['v1'] },
      },
      versions: [
        { name: 'v1', served: true, storage: true, schema: schema(['hostPort']) },
        { name: 'v2', served: true, storage: false, schema: schema(['host', 'port']) },
      ],
    },
  })
  cluster.settle()
  cluster.apply({
    apiVersion: 'stable.example.com/v1',
    kind: 'Server',
    metadata: { name: 's', namespace: 'default' },
    hostPort: 'localhost:8080',
  })
  const shown = cluster.kubectl('get servers.v2.stable.example.com s -o json').stdout
  expect(JSON.parse(shown)).toMatchObject({
    apiVersion: 'stable.example.com/v2',
    host: 'localhost',
    port: '8080',
  })
})

describe('a webhook of agnhost', () => {
  it('ends without a certificate, as on a real node', () => {
    const cluster = new SimCluster({ nodes: 1 })
    const image = 'registry.k8s.io/e2e-test-images/agnhost:2.59'
    const containers = [{ name: 'c', image, args: ['webhook', '--port=8444'] }]
    cluster.create('pods', { metadata: { name: 'p' }, spec: { restartPolicy: 'Never', containers } })
    cluster.settle()
    expect(cluster.get('pods', 'p').status.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(255)
    expect(cluster.logs('p')).toMatch(/^F0101 .*\] open : no such file or directory\n$/)
  })

  it.each([
    ['text/plain', 'hello', 200, ''],
    ['application/json', '{', 400, 'Request could not be decoded: '],
    ['application/json', '5', 400, 'Request could not be decoded: '],
  ])('is not confused by a body of type %s: %s', (type, body, status, start) => {
    const cluster = new SimCluster({ nodes: 1, time: { start: START } })
    cluster.apply(
      deployed('webhook')
        .map((object) => JSON.stringify(object))
        .join('\n---\n'),
    )
    cluster.settle()
    const { response } = cluster.network.connect({
      from: { node: 'node-1' },
      to: 'default/e2e-test-webhook',
      send: { method: 'POST', path: '/always-deny', headers: { 'content-type': type }, body },
    })
    expect(response?.status).toBe(status)
    expect(response?.body.startsWith(start)).toBe(true)
  })
})
