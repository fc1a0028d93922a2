import { SimCluster } from 'simcluster'
import type { UserInfo } from '../../src/client/client.js'
import { describe, expect, it } from 'vitest'

/**
 * Rules by the function of upstream that has them and the one here. The corpus has thousands of cases; these
 * say which function to look at.
 */
type Rule = readonly [
  upstream: string,
  ours: string,
  path: string,
  object: object,
  expected: string | readonly string[],
]

const container = { name: 'c', image: 'i' }
const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [container] } }
const selector = { matchLabels: { a: 'b' } }
const pod = (spec: object): object => ({ spec: { containers: [container], ...spec } })
const ns = '/api/v1/namespaces/default'
const devices = '/apis/resource.k8s.io/v1'
const request = { deviceClassName: 'c', allocationMode: 'ExactCount', count: 1 }
const claim = (spec: object): object => ({
  spec: { devices: { requests: [{ name: 'r', exactly: request }], ...spec } },
})
const slice = (spec: object): object => ({
  spec: { driver: 'd', nodeName: 'n', pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, ...spec },
})

const rules: readonly Rule[] = [
  [
    'ValidatePreemptionPolicy',
    'scheduling/priority-class validate',
    '/apis/scheduling.k8s.io/v1/priorityclasses',
    { value: 1, preemptionPolicy: 'Sometimes' },
    'preemptionPolicy: Unsupported value: "Sometimes": supported values: "PreemptLowerPriority", "Never"',
  ],
  [
    'AuthorizedForAdmin',
    'resource/admin-access validateAdminAccess',
    `${devices}/namespaces/default/resourceclaims`,
    { spec: { devices: { requests: [{ name: 'r', exactly: { ...request, adminAccess: true } }] } } },
    'spec.devices.requests[0].adminAccess: Forbidden: admin access to devices requires the ' +
      '`resource.kubernetes.io/admin-access: true` label on the containing namespace',
  ],
  [
    'ValidateRollingUpdateDaemonSet, getIntOrPercentValue',
    'apps/template isZero',
    '/apis/apps/v1/namespaces/default/daemonsets',
    {
      spec: { selector, template, updateStrategy: { rollingUpdate: { maxUnavailable: '-1%', maxSurge: 1 } } },
    },
    'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: "-1%": a valid percent string must ' +
      "be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is " +
      "'[0-9]+%')",
  ],
  [
    'validateWindows',
    'core/validation/operating-systems isGiven',
    `${ns}/pods`,
    pod({ os: { name: 'windows' }, securityContext: { supplementalGroups: [] } }),
    'spec.securityContext.supplementalGroups: Forbidden: cannot be set for a windows pod',
  ],
  [
    'validatePersistentVolumeSpec',
    'core/validation/volume-sources validatePortal',
    '/api/v1/persistentvolumes',
    {
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        iscsi: {
          targetPortal: 'p'.repeat(64),
          iqn: 'iqn.2020-01.com.example:a',
          lun: 0,
          initiatorName: 'iqn.2020-01.com.example:b',
        },
      },
    },
    `spec.iscsi.targetportal: Invalid value: "${'p'.repeat(64)}": Total length of <volume name>:` +
      '<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.',
  ],
  [
    'ValidateVolumes',
    'core/validation/volumes validateVolumes',
    `${ns}/pods`,
    pod({ volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/x' } }] }),
    'spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type',
  ],
  [
    'validateLocalNonReservedPath',
    'core/validation/volume-sources',
    `${ns}/pods`,
    pod({ volumes: [{ name: 'v', gitRepo: { repository: 'r', directory: '../x' } }] }),
    'spec.volumes[0].gitRepo.directory: Invalid value: "../x": must not contain \'..\'',
  ],
  [
    'ValidateVolumeMounts',
    'core/validation/mounts',
    `${ns}/pods`,
    pod({ containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v' }] }] }),
    'spec.containers[0].volumeMounts[0].name: Not found: "v"',
  ],
  [
    'validateEnvVarValueFrom',
    'core/validation/env',
    `${ns}/pods`,
    pod({
      containers: [
        {
          ...container,
          env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
        },
      ],
    }),
    'spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
  ],
  [
    'ValidatePersistentVolumeSpec',
    'core/validation/persistent-volume validateCapacity',
    '/api/v1/persistentvolumes',
    { spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '-1' }, hostPath: { path: '/x' } } },
    'spec.capacity[storage]: Invalid value: -1: must be a valid resource quantity',
  ],
  [
    'ValidateStatefulSet',
    'apps/stateful-set-validation withClaims',
    '/apis/apps/v1/namespaces/default/statefulsets',
    { spec: { serviceName: 's', selector, template, volumeClaimTemplates: [{ metadata: { name: 'a.b' } }] } },
    'spec.template.spec.volumes[0].name: Invalid value: "a.b": must not contain dots',
  ],
  [
    'ValidatePodTemplateSpecForRC',
    'core/replication-controller validateTemplate',
    `${ns}/replicationcontrollers`,
    { spec: { selector: { a: 'c' }, template } },
    'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
  ],
  [
    'ValidateJob',
    'batch/job-validation validateJob',
    '/apis/batch/v1/namespaces/default/jobs',
    {
      metadata: { name: 'x'.repeat(63) },
      spec: {
        completionMode: 'Indexed',
        completions: 2,
        template: { spec: { ...template.spec, restartPolicy: 'Never' } },
      },
    },
    'metadata.name: Invalid value: ' +
      `"${'x'.repeat(63)}": will not able to create pod with invalid DNS label: ${'x'.repeat(63)}-1`,
  ],
  [
    'validateRequestNameRef',
    'resource/requests validateReference',
    `${devices}/namespaces/default/resourceclaims`,
    claim({ config: [{ requests: ['r/a/b'], opaque: { driver: 'd', parameters: {} } }] }),
    'spec.devices.config[0].requests[0]: Invalid value: "r/a/b": must be the name of a request in the ' +
      "claim or the name of a request and a subrequest separated by '/'",
  ],
  [
    'validateCELSelector',
    'resource/expressions validateExpression',
    `${devices}/deviceclasses`,
    { spec: { selectors: [{ cel: { expression: "'x'" } }] } },
    'spec.selectors[0].cel.expression: Invalid value: "\'x\'": must evaluate to bool or the unknown type, ' +
      'not string',
  ],
  [
    'ValidateTemplateObjectMeta',
    'core/validation/template-metadata',
    `${devices}/namespaces/default/resourceclaimtemplates`,
    { spec: { metadata: { name: 'n' }, ...claim({}) } },
    'spec.metadata.name: Forbidden: cannot be set',
  ],
  [
    'validateDeviceAttribute',
    'resource/devices validateAttribute',
    `${devices}/resourceslices`,
    slice({ devices: [{ name: 'a', attributes: { v: { version: '1.2' } } }] }),
    'spec.devices[0].attributes[v].version: Invalid value: "1.2": must be a string compatible with ' +
      'semver.org spec 2.0.0',
  ],
  [
    'validateResourceSliceSpec',
    'resource/resource-slice validateNodes',
    `${devices}/resourceslices`,
    slice({ allNodes: true }),
    'spec: Invalid value: "{`nodeName`, `allNodes`}": exactly one of `nodeName`, `nodeSelector`, ' +
      '`allNodes`, `perDeviceNodeSelection` is required, but multiple fields are set',
  ],
  [
    'validateV1EventSeries',
    'events/event validateSeries',
    '/apis/events.k8s.io/v1/namespaces/default/events',
    {
      eventTime: '2025-01-02T03:04:05.000001Z',
      reportingController: 'c',
      reportingInstance: 'i',
      action: 'A',
      reason: 'R',
      type: 'Normal',
      series: { count: 1, lastObservedTime: '2025-01-02T03:04:05.000001Z' },
    },
    'series.count: Invalid value: "": should be at least 2',
  ],
  [
    'legacyValidateEvent',
    'core/event validateEvent',
    `${ns}/events`,
    { involvedObject: { namespace: 'other' } },
    'involvedObject.namespace: Invalid value: "other": does not match event.namespace',
  ],
]

const user: UserInfo = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }
const cluster = new SimCluster({ version: 'v1.34', nodes: 0 })

/** Creates an object in a dry run. Returns the answer. */
function create(path: string, fields: object): { readonly code: number; readonly body: unknown } {
  const { metadata, ...rest } = fields as { readonly metadata?: object }
  const { code, body = '' } = cluster.http.handle({
    method: 'POST',
    path,
    query: 'dryRun=All',
    user,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ metadata: { name: 'x', ...metadata }, ...rest }),
  }) as { readonly code: number; readonly body?: string }
  const object = JSON.parse(body) as { readonly metadata?: object }
  return { code, body: { ...object, metadata: { ...object.metadata, managedFields: undefined } } }
}

interface Refusal {
  readonly details?: { readonly causes?: readonly { readonly field: string; readonly message: string }[] }
}

describe('rules of kinds, by upstream function', () => {
  it.each(rules)('%s is %s', (_, __, path, object, expected) => {
    const { body } = create(path, object)
    const causes = (body as Refusal).details?.causes ?? []
    expect(causes.map(({ field, message }) => `${field}: ${message}`)).toContain(expected)
  })
})

describe('fields whose features are off', () => {
  it.each([
    [
      'containers.restartPolicy',
      `${ns}/pods`,
      pod({ containers: [{ ...container, restartPolicy: 'Never' }] }),
    ],
    ['hostnameOverride', `${ns}/pods`, pod({ hostnameOverride: 'h' })],
    [
      'an image volume with its mounts',
      `${ns}/pods`,
      pod({
        volumes: [{ name: 'v', image: { reference: 'r' } }],
        containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
      }),
    ],
    [
      'taints of devices',
      `${devices}/resourceslices`,
      slice({ devices: [{ name: 'a', taints: [{ key: 'k', effect: 'NoSchedule' }] }] }),
    ],
  ])('%s: known and dropped', (_, path, object) => {
    const { code, body } = create(path, object)
    expect(code).toBe(201)
    expect(JSON.stringify(body)).not.toMatch(
      /hostnameOverride|"restartPolicy":"Never"|"image":\{|"\/v"|taints/,
    )
  })
})
