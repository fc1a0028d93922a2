import { readFileSync, readdirSync } from 'node:fs'
import { SimCluster } from 'simcluster'
import { expect, test } from 'vitest'
import { schemaGroupOf } from '../../src/api/schemas.js'
import type { Field, Message } from '../../src/api/schema/types.js'

const folder = new URL('../../scripts/api-facts/', import.meta.url)

/** `Probe` -> the fields that scripts/api-facts says defaulting always sets, by the message's full name. */
const promised = new Map<string, readonly string[]>()
for (const file of readdirSync(folder)) {
  const facts = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Record<
    string,
    { defaulted?: string }
  >
  for (const [name, { defaulted }] of Object.entries(facts))
    if (defaulted !== undefined) promised.set(`${file.replace(/\.json$/, '')}.${name}`, defaulted.split(' '))
}

const seen = new Set<string>()

function checkField(field: Field, value: unknown, message: Message, path: string): void {
  if (value === undefined || value === null) return
  if (field.type === 'message') check(message.group.message(field.message), value, path)
  else if (field.type === 'list')
    for (const [at, item] of (value as unknown[]).entries())
      checkField(field.items, item, message, `${path}[${at}]`)
  else if (field.type === 'map')
    for (const [key, item] of Object.entries(value)) checkField(field.values, item, message, `${path}.${key}`)
}

/** Every message in an object has the fields that its type promises. */
function check(message: Message, value: object, path: string): void {
  const name = message.schemaName.replace(/^io\.k8s\.(api|apimachinery\.pkg\.apis)\./, '')
  for (const field of promised.get(name) ?? []) {
    expect(value, `${path} (${name})`).toHaveProperty(field)
    seen.add(name)
  }
  for (const [key, field] of Object.entries(message.fields))
    checkField(field, (value as Record<string, unknown>)[key], message, `${path}.${key}`)
}

const labels = { app: 'x' }
const probe = { httpGet: { port: 80 } }
const fieldRef = { fieldPath: 'metadata.name' }
const template = {
  metadata: { labels },
  spec: {
    containers: [
      { name: 'c', image: 'nginx', livenessProbe: probe, env: [{ name: 'N', valueFrom: { fieldRef } }] },
    ],
    volumes: [
      { name: 'a', secret: { secretName: 's' } },
      { name: 'b', configMap: { name: 's' } },
      { name: 'c', downwardAPI: { items: [{ path: 'p', fieldRef }] } },
      { name: 'd', projected: { sources: [] } },
    ],
  },
}
const selector = { matchLabels: labels }
const once = { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } as const
const webhook = {
  name: 'a.example.com',
  clientConfig: { url: 'https://example.com' },
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
} as const

test('what is read has the defaults that its type promises', () => {
  const cluster = new SimCluster({ nodes: 0, disable: ['kube-controller-manager', 'kube-scheduler'] })
  const metadata = { name: 'x' }
  const made = {
    pods: cluster.create('pods', { metadata, spec: template.spec }),
    services: cluster.create('services', { metadata, spec: { ports: [{ port: 80 }] } }),
    secrets: cluster.create('secrets', { metadata }),
    replicationcontrollers: cluster.create('replicationcontrollers', { metadata, spec: { template } }),
    persistentvolumeclaims: cluster.create('persistentvolumeclaims', {
      metadata,
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }),
    persistentvolumes: cluster.create('persistentvolumes', {
      metadata,
      spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/data' } },
    }),
    deployments: cluster.create('deployments', { metadata, spec: { selector, template } }),
    replicasets: cluster.create('replicasets', { metadata, spec: { selector, template } }),
    statefulsets: cluster.create('statefulsets', { metadata, spec: { selector, template } }),
    daemonsets: cluster.create('daemonsets', { metadata, spec: { selector, template } }),
    jobs: cluster.create('jobs', { metadata, spec: { template: once } }),
    cronjobs: cluster.create('cronjobs', {
      metadata,
      spec: { schedule: '* * * * *', jobTemplate: { spec: { template: once } } },
    }),
    horizontalpodautoscalers: cluster.create('horizontalpodautoscalers', {
      metadata,
      spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'x', apiVersion: 'apps/v1' } },
    }),
    networkpolicies: cluster.create('networkpolicies', {
      metadata,
      spec: { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] },
    }),
    storageclasses: cluster.create('storageclasses', { metadata, provisioner: 'p.example.com' }),
    csidrivers: cluster.create('csidrivers', { metadata, spec: {} }),
    priorityclasses: cluster.create('priorityclasses', { metadata, value: 1 }),
    mutatingwebhookconfigurations: cluster.create('mutatingwebhookconfigurations', {
      metadata,
      webhooks: [webhook],
    }),
    validatingwebhookconfigurations: cluster.create('validatingwebhookconfigurations', {
      metadata,
      webhooks: [webhook],
    }),
  }
  for (const [resource, object] of Object.entries(made)) {
    const { apiVersion = '', kind = '' } = object
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
    const message = schemaGroupOf(group ?? '', version ?? '')?.message(kind)
    expect(message, resource).toBeDefined()
    if (message !== undefined) check(message, object, resource)
  }
  expect([...promised.keys()].filter((name) => !seen.has(name))).toEqual([])
})
