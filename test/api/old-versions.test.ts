import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/kind/definition.js'
import { createScheme } from '../../src/api/scheme.js'
import { harness, type Harness } from '../apiserver/harness.js'

type Loose = Readonly<Record<string, unknown>>

/** Makes `x` under a version (`ingresses.v1beta1.extensions`). */
function create({ client }: Harness, resource: string, body: object, metadata: object = {}): void {
  client.create(resource, { metadata: { name: 'x', namespace: 'default', ...metadata }, ...body })
}

/** `x` under another version: spec, status and annotations. */
function read({ client }: Harness, resource: string): Loose {
  const { apiVersion, metadata, ...rest } = client.get(resource, { name: 'x', namespace: 'default' })
  const { annotations } = metadata
  const { kind: _, ...fields } = rest
  return { apiVersion, ...fields, ...(annotations === undefined ? {} : { annotations }) }
}

const betaIngress = {
  spec: {
    backend: { serviceName: 's', servicePort: 'http' },
    rules: [
      { host: 'a.b', http: { paths: [{ path: '/x', backend: { serviceName: 't', servicePort: 80 } }] } },
    ],
  },
}
const betaIngressRead = {
  spec: {
    ...betaIngress.spec,
    rules: [
      {
        host: 'a.b',
        http: {
          paths: [
            {
              path: '/x',
              pathType: 'ImplementationSpecific',
              backend: { serviceName: 't', servicePort: 80 },
            },
          ],
        },
      },
    ],
  },
  status: { loadBalancer: {} },
}

describe('ingresses of the betas', () => {
  it.each(['v1.14', 'v1.18', 'v1.21'])('are the same in extensions and networking.k8s.io (%s)', (version) => {
    const lab = harness({ version })
    create(lab, 'ingresses.v1beta1.extensions', betaIngress)
    expect(read(lab, 'ingresses.v1beta1.extensions')).toEqual({
      apiVersion: 'extensions/v1beta1',
      ...betaIngressRead,
    })
    expect(read(lab, 'ingresses.v1beta1.networking.k8s.io')).toEqual({
      apiVersion: 'networking.k8s.io/v1beta1',
      ...betaIngressRead,
    })
  })

  it('are v1 ingresses with other names', () => {
    const lab = harness({ version: 'v1.20' })
    create(lab, 'ingresses.v1beta1.networking.k8s.io', betaIngress)
    const { spec } = read(lab, 'ingresses.v1.networking.k8s.io')
    expect(spec).toEqual({
      defaultBackend: { service: { name: 's', port: { name: 'http' } } },
      rules: [
        {
          host: 'a.b',
          http: {
            paths: [
              {
                path: '/x',
                pathType: 'ImplementationSpecific',
                backend: { service: { name: 't', port: { number: 80 } } },
              },
            ],
          },
        },
      ],
    })
  })

  it('are refused in the words of v1', () => {
    const lab = harness({ version: 'v1.20' })
    expect(() =>
      create(lab, 'ingresses.v1beta1.extensions', {
        spec: { backend: { serviceName: 'A', servicePort: 70_000 } },
      }),
    ).toThrow(
      /^Ingress\.networking\.k8s\.io "x" is invalid: \[spec\.defaultBackend\.service\.name: .*spec\.defaultBackend\.service\.port\.number: /,
    )
  })
})

describe('autoscalers', () => {
  const target = { scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' } }
  const behavior = { scaleDown: { stabilizationWindowSeconds: 60 } }
  const pods = {
    type: 'Pods',
    pods: { metric: { name: 'q' }, target: { type: 'AverageValue', averageValue: '1k' } },
  }
  const cpu = {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
  }
  const up =
    '{"StabilizationWindowSeconds":0,"SelectPolicy":"Max","Policies":[{"Type":"Pods","Value":4,' +
    '"PeriodSeconds":15},' +
    '{"Type":"Percent","Value":100,"PeriodSeconds":15}],"Tolerance":null}'
  const down =
    '{"StabilizationWindowSeconds":60,"SelectPolicy":"Max","Policies":[{"Type":"Percent","Value":100,' +
    '"PeriodSeconds":15}],"Tolerance":null}'

  it('keep in annotations what v1 has no fields for, and lose nothing on the way back', () => {
    const lab = harness({ version: 'v1.34' })
    create(lab, 'horizontalpodautoscalers.v2.autoscaling', {
      spec: { ...target, maxReplicas: 3, behavior, metrics: [pods, cpu] },
    })
    const before = read(lab, 'horizontalpodautoscalers.v2.autoscaling')
    const old = read(lab, 'horizontalpodautoscalers.v1.autoscaling')
    expect(old).toEqual({
      apiVersion: 'autoscaling/v1',
      spec: { ...target, minReplicas: 1, maxReplicas: 3, targetCPUUtilizationPercentage: 70 },
      status: { currentReplicas: 0, desiredReplicas: 0 },
      annotations: {
        'autoscaling.alpha.kubernetes.io/metrics':
          '[{"type":"Pods","pods":{"metricName":"q","targetAverageValue":"1k"}}]',
        'autoscaling.alpha.kubernetes.io/behavior': `{"ScaleUp":${up},"ScaleDown":${down}}`,
      },
    })
    const object = lab.client.get('horizontalpodautoscalers.v1.autoscaling', {
      name: 'x',
      namespace: 'default',
    }) as KubeObject & { spec: object }
    lab.client.update('horizontalpodautoscalers.v1.autoscaling', {
      ...object,
      spec: { ...object.spec, maxReplicas: 4 },
    } as KubeObject)
    expect(read(lab, 'horizontalpodautoscalers.v2.autoscaling')).toEqual({
      ...before,
      spec: { ...(before['spec'] as object), maxReplicas: 4, metrics: [cpu, pods] },
    })
  })

  it('ignore annotations that cannot be read', () => {
    const lab = harness({ version: 'v1.34' })
    const annotations = {
      'autoscaling.alpha.kubernetes.io/metrics': '[{"type":3}]',
      'autoscaling.alpha.kubernetes.io/behavior': '{',
      kept: 'yes',
      'autoscaling.alpha.kubernetes.io/conditions': '{"__proto__":1}',
    }
    create(
      lab,
      'horizontalpodautoscalers.v1.autoscaling',
      { spec: { ...target, maxReplicas: 3 } },
      { annotations },
    )
    expect(read(lab, 'horizontalpodautoscalers.v1.autoscaling')).toMatchObject({
      annotations: { kept: 'yes' },
      spec: { targetCPUUtilizationPercentage: 80 },
    })
  })

  it.each(['v1.15', 'v1.24'])('are the same in all betas (%s)', (version) => {
    const lab = harness({ version })
    create(lab, 'horizontalpodautoscalers.v2beta1.autoscaling', {
      spec: {
        ...target,
        maxReplicas: 3,
        metrics: [{ type: 'Resource', resource: { name: 'memory', targetAverageValue: '1Gi' } }],
      },
    })
    expect(read(lab, 'horizontalpodautoscalers.v2beta2.autoscaling')).toMatchObject({
      spec: {
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } },
          },
        ],
      },
    })
    expect(read(lab, 'horizontalpodautoscalers.v1.autoscaling')).toMatchObject({
      annotations: {
        'autoscaling.alpha.kubernetes.io/metrics':
          '[{"type":"Resource","resource":{"name":"memory","targetAverageValue":"1Gi"}}]',
      },
    })
  })
})

describe('other old versions', () => {
  it('endpoint slices: the zone lies in the topology, the rest stays there', () => {
    const lab = harness({ version: 'v1.21' })
    const topology = { 'topology.kubernetes.io/zone': 'z', 'kubernetes.io/hostname': 'n', other: 'o' }
    create(lab, 'endpointslices.v1beta1.discovery.k8s.io', {
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.1'], nodeName: 'n', topology }],
      ports: [],
    })
    expect(read(lab, 'endpointslices.v1.discovery.k8s.io')).toMatchObject({
      endpoints: [{ addresses: ['10.0.0.1'], nodeName: 'n', zone: 'z', deprecatedTopology: { other: 'o' } }],
      ports: null,
    })
    expect(read(lab, 'endpointslices.v1beta1.discovery.k8s.io')).toMatchObject({ endpoints: [{ topology }] })
  })

  it('stateful sets of apps/v1beta1 select their template and wait for deletions', () => {
    const lab = harness({ version: 'v1.15' })
    create(lab, 'statefulsets.v1beta1.apps', {
      spec: {
        serviceName: 's',
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    })
    expect(read(lab, 'statefulsets.v1.apps')).toMatchObject({
      spec: { selector: { matchLabels: { a: 'b' } }, updateStrategy: { type: 'OnDelete' } },
    })
  })

  it('pod security policies are of two groups', () => {
    const lab = harness({ version: 'v1.15' })
    const any = { rule: 'RunAsAny' }
    const spec = {
      privileged: true,
      seLinux: any,
      runAsUser: any,
      supplementalGroups: any,
      fsGroup: any,
      volumes: ['*'],
    }
    create(lab, 'podsecuritypolicies.v1beta1.extensions', { spec }, { namespace: undefined })
    expect(lab.client.get('podsecuritypolicies.v1beta1.policy', { name: 'x' })).toMatchObject({
      apiVersion: 'policy/v1beta1',
      spec: { ...spec, allowPrivilegeEscalation: true },
    })
    expect(() =>
      create(
        lab,
        'podsecuritypolicies.v1beta1.policy',
        { spec: { ...spec, seLinux: { rule: 'X' } } },
        { name: 'y', namespace: undefined },
      ),
    ).toThrow(
      'PodSecurityPolicy.policy "y" is invalid: spec.seLinux.rule: Unsupported value: "X": supported ' +
        'values: "MustRunAs", "RunAsAny"',
    )
  })

  it('jobs and stateful sets lack what came later', () => {
    const lab = harness({ version: 'v1.20' })
    const pod = { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' }
    create(lab, 'jobs.v1.batch', { spec: { template: { spec: pod }, completionMode: 'Indexed' } })
    const { spec } = read(lab, 'jobs.v1.batch') as { spec: { template: { metadata: { labels: object } } } }
    expect(Object.keys(spec).sort()).toEqual([
      'backoffLimit',
      'completions',
      'parallelism',
      'selector',
      'template',
    ])
    expect(Object.keys(spec.template.metadata.labels).sort()).toEqual(['controller-uid', 'job-name'])
    create(lab, 'statefulsets.v1.apps', {
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { ...pod, restartPolicy: 'Always' } },
      },
    })
    expect(read(lab, 'statefulsets.v1.apps')['spec']).not.toHaveProperty(
      'persistentVolumeClaimRetentionPolicy',
    )
  })

  it.each([
    ['v1.15', 'extensions/v1beta1', 'Deployment', true],
    ['v1.16', 'extensions/v1beta1', 'Deployment', false],
    ['v1.21', 'extensions/v1beta1', 'Ingress', true],
    ['v1.22', 'extensions/v1beta1', 'Ingress', false],
    ['v1.15', 'apps/v1beta2', 'StatefulSet', true],
    ['v1.16', 'apps/v1beta2', 'StatefulSet', false],
    ['v1.15', 'extensions/v1beta1', 'NetworkPolicy', true],
    ['v1.16', 'extensions/v1beta1', 'NetworkPolicy', false],
    ['v1.24', 'policy/v1beta1', 'PodSecurityPolicy', true],
    ['v1.25', 'policy/v1beta1', 'PodSecurityPolicy', false],
    ['v1.24', 'batch/v1beta1', 'CronJob', true],
    ['v1.25', 'batch/v1beta1', 'CronJob', false],
    ['v1.25', 'autoscaling/v2beta2', 'HorizontalPodAutoscaler', true],
    ['v1.26', 'autoscaling/v2beta2', 'HorizontalPodAutoscaler', false],
    ['v1.31', 'flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema', true],
    ['v1.32', 'flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema', false],
  ])('%s: %s %s is served: %s', (version, apiVersion, kind, isServed) => {
    expect(createScheme(version).ofObject(apiVersion, kind) !== undefined).toBe(isServed)
  })
})
