import { expect, test } from 'vitest'
import { admissionWebhook, SimCluster, type AdmissionDecision, type AdmissionRequest } from 'simcluster'
import type { Pod } from 'simcluster/types'
import { badInput } from '../../../support/typed.js'

function clusterWith(
  kind: 'Mutating' | 'Validating',
  decide: (request: AdmissionRequest<Pod>) => AdmissionDecision,
): SimCluster {
  const cluster = new SimCluster({
    nodes: 1,
    webhooks: { 'https://hook.example.com': admissionWebhook<Pod>(decide) },
  })
  cluster.apply({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name: 'hook' },
    webhooks: [
      {
        name: 'hook.example.com',
        clientConfig: { url: 'https://hook.example.com/check' },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  })
  return cluster
}

const pod = { metadata: { name: 'web' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }

test('a typed webhook changes objects', () => {
  const cluster = clusterWith('Mutating', ({ object, operation, userInfo }) => ({
    allowed: true,
    patch: [
      {
        op: 'add',
        path: '/metadata/annotations',
        value: { was: `${object?.spec.containers[0]?.image} ${operation} ${userInfo.username}` },
      },
    ],
  }))
  expect(cluster.create('pods', pod).metadata.annotations).toEqual({ was: 'nginx CREATE kubernetes-admin' })
})

test('a typed webhook refuses objects, with its message and code', () => {
  const cluster = clusterWith('Validating', ({ object }) => ({
    allowed: object?.metadata.labels?.['team'] !== undefined,
    message: 'which team?',
    code: 422,
  }))
  expect(() => cluster.create('pods', pod)).toThrow(
    'admission webhook "hook.example.com" denied the request: which team?',
  )
  expect(cluster.create('pods', { ...pod, metadata: { name: 'b', labels: { team: 'a' } } })).toBeDefined()
})

test('an async webhook is an error that names it', () => {
  const decide = badInput<() => AdmissionDecision>(() => Promise.resolve({ allowed: true }))
  expect(() => clusterWith('Validating', decide).create('pods', pod)).toThrow(
    'the webhook https://hook.example.com/check must not be async; it returned a promise',
  )
  // @ts-expect-error a webhook is synchronous
  const make = (): unknown => admissionWebhook(async () => ({ allowed: true }))
  expect(make).toThrow('decide must be a function that is not async')
})

test.each([
  [true, 'must be an object such as { allowed: true }, not true'],
  [undefined, 'must be an object such as { allowed: true }, not undefined'],
  [{}, 'must be an object such as { allowed: true }, not {}'],
  [{ allow: true }, 'unknown option allow (did you mean allowed?)'],
])('a webhook that returns %j is told what it must return', (decision, says) => {
  const decide = (): AdmissionDecision => badInput(decision)
  expect(() => clusterWith('Validating', decide).create('pods', pod)).toThrow(
    `what an admissionWebhook() returns${says.startsWith('must') ? ' ' : ': '}${says}`,
  )
})
