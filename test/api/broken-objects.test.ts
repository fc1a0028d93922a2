import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/kind/definition.js'
import { isApiError } from '../../src/client/api-error.js'
import { harness } from '../apiserver/harness.js'

const pod = { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] }
const labelled = { metadata: { labels: { a: 'b' } }, spec: { ...pod, restartPolicy: 'Always' } }
const selector = { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'a', operator: 'Exists' }] }
const backend = { service: { name: 's', port: { number: 1 } } }
const metrics = [
  { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 1 } } },
  {
    type: 'Object',
    object: {
      describedObject: { kind: 'K', name: 'n' },
      metric: { name: 'm' },
      target: { type: 'Value', value: '1' },
    },
  },
]
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }

/** A whole object of each kind, of which parts are taken away or replaced. */
const whole: Readonly<Record<string, object>> = {
  statefulsets: {
    spec: {
      selector,
      template: labelled,
      serviceName: 's',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } },
      volumeClaimTemplates: [
        {
          metadata: { name: 'v' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1' } } },
        },
      ],
    },
  },
  jobs: {
    spec: {
      template: { spec: pod },
      completions: 2,
      completionMode: 'Indexed',
      backoffLimitPerIndex: 1,
      successPolicy: { rules: [{ succeededIndexes: '0-1', succeededCount: 1 }] },
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onPodConditions: [{ type: 'T' }] },
          { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
        ],
      },
    },
  },
  cronjobs: {
    spec: { schedule: '* * * * *', timeZone: 'UTC', jobTemplate: { spec: { template: { spec: pod } } } },
  },
  'horizontalpodautoscalers.v2.autoscaling': {
    spec: {
      scaleTargetRef,
      maxReplicas: 2,
      metrics,
      behavior: {
        scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 1 }], selectPolicy: 'Min' },
      },
    },
  },
  'horizontalpodautoscalers.v1.autoscaling': {
    spec: { scaleTargetRef, maxReplicas: 2, targetCPUUtilizationPercentage: 3 },
  },
  ingresses: {
    spec: {
      defaultBackend: backend,
      tls: [{ hosts: ['a'] }],
      rules: [{ host: 'a.b', http: { paths: [{ path: '/', pathType: 'Exact', backend }] } }],
    },
  },
  ingressclasses: { spec: { controller: 'a.b/c', parameters: { kind: 'K', name: 'n', scope: 'Cluster' } } },
  networkpolicies: {
    spec: {
      podSelector: selector,
      ingress: [
        { from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }], ports: [{ port: 1 }] },
      ],
    },
  },
  ipaddresses: { spec: { parentRef: { resource: 'services', name: 's', namespace: 'n' } } },
  servicecidrs: { spec: { cidrs: ['10.0.0.0/24', '2001:db8::/108'] } },
  endpointslices: {
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.1'], hints: { forZones: [{ name: 'z' }] } }],
    ports: [{ name: 'p', port: 1 }],
  },
  flowschemas: {
    spec: {
      priorityLevelConfiguration: { name: 'p' },
      distinguisherMethod: { type: 'ByUser' },
      rules: [
        {
          subjects: [{ kind: 'ServiceAccount', serviceAccount: { name: 'n', namespace: 'm' } }],
          resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true }],
        },
      ],
    },
  },
  prioritylevelconfigurations: {
    spec: {
      type: 'Limited',
      limited: { limitResponse: { type: 'Queue', queuing: { queues: 1, handSize: 1, queueLengthLimit: 1 } } },
    },
  },
}

/** Changes one place of a value: `turns` says where, step by step. */
function broken(value: unknown, turns: readonly number[], replacement: unknown): unknown {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : []
  const [turn, ...rest] = turns
  if (turn === undefined || keys.length === 0) return replacement
  const key = keys[turn % keys.length] as string
  const members = value as Readonly<Record<string, unknown>>
  const changed = broken(members[key], rest, replacement)
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (String(index) === key ? changed : item))
  const { [key]: _, ...others } = members
  return changed === undefined ? others : { ...others, [key]: changed }
}

describe('objects of which a part is missing or wrong', () => {
  it.each(Object.keys(whole))('%s', (resource) => {
    const { client } = harness({ version: 'v1.34' })
    const isNamespaced = !/^(ingressclasses|ipaddresses|servicecidrs|flowschemas|prioritylevel)/.test(
      resource,
    )
    let serial = 0
    const create = (fields: object): void => {
      serial++
      const name = resource === 'ipaddresses' ? `10.0.${serial >> 8}.${serial & 255}` : `x${serial}`
      const metadata = isNamespaced ? { name, namespace: 'default' } : { name }
      client.create(resource, { metadata, ...fields } as KubeObject)
    }
    create(whole[resource] as object)
    const replacement = fc.constantFrom<unknown>(
      undefined,
      null,
      {},
      [],
      [null],
      [{}],
      '',
      'x',
      -1,
      0,
      true,
      2 ** 40,
      { __proto__: null, a: {} },
    )
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 9 }), replacement, (turns, value) => {
        try {
          create(broken(whole[resource], turns, value) as object)
        } catch (error) {
          // a refusal is fine, a crash is not
          if (!isApiError(error)) throw error
          expect(error.code).toBeLessThan(500)
        }
      }),
      { numRuns: 300 },
    )
  })
})
