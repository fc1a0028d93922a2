import { describe, expect, it } from 'vitest'
import { fieldErrorText } from '../../src/api/field-error.js'
import type { KubeObject } from '../../src/api/kind/definition.js'
import { semanticEqual } from '../../src/api/kind/equal.js'
import { definitionOf, faultsOf, prepared, scheme } from './support.js'

const groups: Readonly<Record<string, string>> = {
  storageclasses: 'storage.k8s.io',
  csidrivers: 'storage.k8s.io',
  csinodes: 'storage.k8s.io',
  volumeattachments: 'storage.k8s.io',
  volumeattributesclasses: 'storage.k8s.io',
  csistoragecapacities: 'storage.k8s.io',
  runtimeclasses: 'node.k8s.io',
  deviceclasses: 'resource.k8s.io',
  resourceclaims: 'resource.k8s.io',
  resourceclaimtemplates: 'resource.k8s.io',
  resourceslices: 'resource.k8s.io',
}

const rowOf = (resource: string, fields: object): Parameters<typeof prepared>[0] => ({
  id: resource,
  group: groups[resource] ?? '',
  version: 'v1',
  resource,
  namespace: 'default',
  body: { metadata: { name: 'x', namespace: 'default' }, ...fields },
})

/** The object as it is stored. */
function made(resource: string, fields: object): KubeObject & { readonly spec?: object } {
  const row = rowOf(resource, fields)
  const object: KubeObject & { readonly spec?: object } = prepared(row) as KubeObject
  if (definitionOf(row).namespaced) return object
  const { namespace: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

const faults = (resource: string, fields: object): readonly string[] =>
  faultsOf(definitionOf(rowOf(resource, fields)), made(resource, fields)).map(fieldErrorText)

function updateFaults(resource: string, before: object, after: object): readonly string[] {
  const definition = definitionOf(rowOf(resource, {}))
  const old = made(resource, before)
  const next = { ...made(resource, after), ...('status' in before ? { status: before.status } : {}) }
  const stored = 'status' in before ? { ...old, status: before.status } : old
  return (definition.validateUpdate?.(next, stored) ?? []).map(
    (error) => fieldErrorText(error).split('\n')[0] ?? '',
  )
}

const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } }
const volume = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] }
const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }

describe('limit ranges', () => {
  it('defaults of containers follow from the maximum and the minimum', () => {
    const { spec } = made('limitranges', {
      spec: {
        limits: [
          { type: 'Container', max: { cpu: '2' }, min: { memory: '1Mi' }, default: { memory: '2Mi' } },
          { type: 'Pod', max: { cpu: '4' } },
        ],
      },
    })
    expect(spec).toEqual({
      limits: [
        {
          type: 'Container',
          max: { cpu: '2' },
          min: { memory: '1Mi' },
          default: { cpu: '2', memory: '2Mi' },
          defaultRequest: { cpu: '2', memory: '2Mi' },
        },
        { type: 'Pod', max: { cpu: '4' } },
      ],
    })
  })

  it.each<[object, readonly string[]]>([
    [
      { type: 'Pod', default: { cpu: '1' } },
      ["spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'"],
    ],
    [
      { type: 'Thing' },
      ['spec.limits[0].type: Invalid value: "Thing": must be a standard limit type or fully qualified'],
    ],
    [
      { type: 'PersistentVolumeClaim' },
      [
        'spec.limits[0].limits: Required value: either minimum or maximum storage value is required, ' +
          'but neither was provided',
      ],
    ],
    [
      { type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } },
      [
        'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
        'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default ' +
          'request value 1',
        'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1',
      ],
    ],
    [
      { type: 'Pod', min: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '3' } },
      [
        'spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "3": ratio 3 is greater than ' +
          'max/min = 2.000000',
      ],
    ],
    [
      { type: 'Pod', maxLimitRequestRatio: { cpu: '500m' } },
      ['spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1'],
    ],
    [
      { type: 'Container', default: { 'x.io/gpu': '2' }, defaultRequest: { 'x.io/gpu': '1' } },
      [
        'spec.limits[0].defaultRequest[x.io/gpu]: Invalid value: "1": default value 2 must equal to ' +
          'defaultRequest value 1 in x.io/gpu',
      ],
    ],
  ])('%j', (item, expected) => expect(faults('limitranges', { spec: { limits: [item] } })).toEqual(expected))
})

describe('resource quotas', () => {
  it.each<[object, readonly string[]]>([
    [
      {
        hard: { pods: '1', 'count/deployments.apps': '2', 'requests.hugepages-2Mi': '1Gi', 'x.io/gpu': '1' },
      },
      [],
    ],
    [
      { hard: { bogus: '1' } },
      [
        'spec.hard[bogus]: Invalid value: "bogus": must be a standard resource type or fully qualified',
        'spec.hard[bogus]: Invalid value: "bogus": must be a standard resource for quota',
      ],
    ],
    [
      { hard: { pods: '1500m', cpu: '-1' } },
      [
        'spec.hard[cpu]: Invalid value: "-1": must be greater than or equal to 0',
        'spec.hard[pods]: Invalid value: "1500m": must be an integer',
      ],
    ],
    [
      { scopes: ['BestEffort', 'NotBestEffort'] },
      ['spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes'],
    ],
    [
      { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] } },
      [
        'spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when ' +
          "`operator` is 'In' or 'NotIn' for scope selector",
      ],
    ],
    [
      { hard: { configmaps: '1' }, scopes: ['Terminating'] },
      ['spec.scopes: Invalid value: ["Terminating"]: unsupported scope applied to resource'],
    ],
  ])('%j', (spec, expected) => expect(faults('resourcequotas', { spec })).toEqual(expected))

  it('the scopes stay', () => {
    expect(updateFaults('resourcequotas', { spec: { scopes: ['BestEffort'] } }, { spec: {} })).toEqual([
      'spec.scopes: Invalid value: null: field is immutable',
    ])
  })

  it('the table tells what is used of what', () => {
    const { columns } = definitionOf(rowOf('resourcequotas', {}))
    const quota = {
      ...made('resourcequotas', {}),
      status: { hard: { pods: '4', 'limits.cpu': '2', cpu: '1' }, used: { pods: '1' } },
    }
    expect(columns.slice(0, 3).map(({ cell }) => cell(quota, 0))).toEqual([
      'x',
      'cpu: 0/1, pods: 1/4',
      'limits.cpu: 0/2',
    ])
  })
})

describe('claims and volumes', () => {
  const fixed =
    'spec: Forbidden: spec is immutable after creation except resources.requests and ' +
    'volumeAttributesClassName for bound claims'

  it.each<[string, object, object, readonly string[]]>([
    ['a volume is named once', { spec: claim }, { spec: { ...claim, volumeName: 'v' } }, []],
    ['and stays', { spec: { ...claim, volumeName: 'v' } }, { spec: { ...claim, volumeName: 'w' } }, [fixed]],
    ['a class may come late', { spec: claim }, { spec: { ...claim, storageClassName: 's' } }, []],
    [
      'but not change',
      { spec: { ...claim, storageClassName: 's' } },
      { spec: { ...claim, storageClassName: 't' } },
      [fixed],
    ],
    [
      'only bound claims grow',
      { spec: claim },
      { spec: { ...claim, resources: { requests: { storage: '3Gi' } } } },
      [fixed],
    ],
    [
      'a bound claim grows',
      { spec: claim, status: { phase: 'Bound' } },
      { spec: { ...claim, resources: { requests: { storage: '3Gi' } } } },
      [],
    ],
    [
      'and does not shrink below what it has',
      { spec: claim, status: { phase: 'Bound', capacity: { storage: '2Gi' } } },
      { spec: { ...claim, resources: { requests: { storage: '1Gi' } } } },
      ['spec.resources.requests.storage: Forbidden: field can not be less than status.capacity'],
    ],
    [
      'the mode stays',
      { spec: claim },
      { spec: { ...claim, volumeMode: 'Block' } },
      [fixed, 'volumeMode: Invalid value: "Block": field is immutable'],
    ],
  ])('%s', (_, before, after, expected) =>
    expect(updateFaults('persistentvolumeclaims', before, after)).toEqual(expected),
  )

  it('data sources of other kinds are for dataSourceRef alone; each field fills in the other', () => {
    const specOf = (fields: object): object =>
      made('persistentvolumeclaims', { spec: { ...claim, ...fields } }).spec ?? {}
    const snapshot = { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 's' }
    expect(specOf({ dataSource: snapshot })).toMatchObject({ dataSource: snapshot, dataSourceRef: snapshot })
    const other = { apiGroup: 'x.io', kind: 'Thing', name: 't' }
    expect(specOf({ dataSourceRef: other })).toMatchObject({ dataSource: other, dataSourceRef: other })
    expect(Object.keys(specOf({ dataSource: other }))).not.toContain('dataSource')
  })

  it.each<[object, readonly string[]]>([
    [
      { ...volume, csi: { driver: 'A_b', volumeHandle: '' } },
      [
        'spec.csi.driver: Invalid value: "A_b": a lowercase RFC 1123 subdomain must consist of ' +
          "lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric " +
          "character (e.g. 'example.com', regex used for validation is " +
          "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        'spec.csi.volumeHandle: Required value',
      ],
    ],
    [
      { ...volume, local: { path: '/a/../b' } },
      [
        'spec.local.path: Invalid value: "/a/../b": must not contain \'..\'',
        'spec.nodeAffinity: Required value: Local volume requires node affinity',
      ],
    ],
    [
      { ...volume, hostPath: { path: '/.' }, persistentVolumeReclaimPolicy: 'Recycle' },
      ["spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"],
    ],
    [
      { hostPath: { path: '/x' } },
      [
        'spec.accessModes: Required value',
        'spec.capacity: Required value',
        'spec.capacity: Unsupported value: null: supported values: "storage"',
      ],
    ],
  ])('volume %j', (spec, expected) => expect(faults('persistentvolumes', { spec })).toEqual(expected))

  it("the time of a change of phase is the server's unless the client tells one", () => {
    const { strategy } = definitionOf(rowOf('persistentvolumes', {}))
    const old = made('persistentvolumes', { spec: { ...volume, hostPath: { path: '/x' } } })
    const now = Date.parse('2026-02-01T00:00:00Z')
    const written = (status: object): object => {
      // a draft of a kind that the table names
      const draft = { ...old, status } as never
      strategy.prepareForStatusUpdate?.(draft, old, now)
      return (draft as { status: object }).status
    }
    expect(written({ phase: 'Bound' })).toEqual({
      phase: 'Bound',
      lastPhaseTransitionTime: '2026-02-01T00:00:00Z',
    })
    const told = { phase: 'Bound', lastPhaseTransitionTime: '2026-01-05T00:00:00Z' }
    expect(written(told)).toEqual(told)
  })
})

describe('other kinds', () => {
  it.each<[string, object, readonly string[]]>([
    ['replicationcontrollers', { spec: { template } }, []],
    [
      'replicationcontrollers',
      {
        spec: {
          selector: { a: 'c' },
          template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } },
        },
      },
      [
        'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template ' +
          '`labels`',
        'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
      ],
    ],
    [
      'replicationcontrollers',
      { spec: {} },
      ['spec.selector: Required value', 'spec.template: Required value'],
    ],
    [
      'endpoints',
      { subsets: [{ addresses: [{ ip: '169.254.1.1' }, { ip: '::1' }, { ip: '0.0.0.0', hostname: 'A' }] }] },
      [
        'subsets[0].addresses[0].ip: Invalid value: "169.254.1.1": may not be in the link-local range ' +
          '(169.254.0.0/16, fe80::/10)',
        'subsets[0].addresses[1].ip: Invalid value: "::1": may not be in the loopback range ' +
          '(127.0.0.0/8, ::1/128)',
        'subsets[0].addresses[2].hostname: Invalid value: "A": a lowercase RFC 1123 label must ' +
          "consist of lower case alphanumeric characters or '-', and must start and end with an " +
          "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is " +
          "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
        'subsets[0].addresses[2].ip: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)',
      ],
    ],
    [
      'csinodes',
      {
        spec: {
          drivers: [
            { name: 'd', nodeID: '', topologyKeys: ['k', 'k'] },
            { name: 'd', nodeID: 'n' },
          ],
        },
      },
      [
        'spec.drivers[0].nodeID: Required value',
        'spec.drivers[0]: Duplicate value: "k"',
        'spec.drivers[1].name: Duplicate value: "d"',
      ],
    ],
    [
      'volumeattachments',
      { spec: { attacher: 'a', nodeName: 'n', source: {} } },
      ['spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName'],
    ],
    [
      'volumeattributesclasses',
      { driverName: 'd' },
      ['parameters: Required value: must contain at least one key/value pair'],
    ],
    [
      'csidrivers',
      { spec: { fsGroupPolicy: 'X', tokenRequests: [{ audience: '', expirationSeconds: 1 }] } },
      [
        'spec.fsGroupPolicy: Unsupported value: "X": supported values: "File", "None", ' +
          '"ReadWriteOnceWithFSType"',
        'spec.tokenRequests[0].expirationSeconds: Invalid value: 1: may not specify a duration less ' +
          'than 10 minutes',
      ],
    ],
    [
      'runtimeclasses',
      {
        handler: 'h',
        overhead: { podFixed: { cpu: '-1' } },
        scheduling: { tolerations: [{ key: 'a' }, { key: 'a' }] },
      },
      [
        'overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
        'scheduling.tolerations[1]: Duplicate value: ' +
          '{"Key":"a","Operator":"","Value":"","Effect":"","TolerationSeconds":null}',
      ],
    ],
    [
      'resourceclaims',
      {
        spec: {
          devices: {
            requests: [
              { name: 'r' },
              { name: 'r', exactly: { deviceClassName: 'c', allocationMode: 'All', count: 1 } },
            ],
          },
        },
      },
      [
        'spec.devices.requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required',
        'spec.devices.requests[1].exactly.count: Invalid value: 1: must not be specified when ' +
          "allocationMode is 'All'",
        'spec.devices.requests[1].name: Duplicate value: "r"',
      ],
    ],
    [
      'resourceslices',
      { spec: { driver: 'd', pool: { name: 'p', resourceSliceCount: 0, generation: 0 } } },
      [
        'spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero',
        'spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`, ' +
          '`perDeviceNodeSelection` is required',
      ],
    ],
  ])('%s %j', (resource, fields, expected) => expect(faults(resource, fields)).toEqual(expected))

  it('endpoints show three addresses and how many more there are', () => {
    const { columns } = definitionOf(rowOf('endpoints', {}))
    const text = (subsets: object): unknown => columns[1]?.cell(made('endpoints', { subsets }), 0)
    const addresses = [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }]
    expect(text([])).toBe('<none>')
    expect(text([{ addresses }])).toBe('10.0.0.1,10.0.0.2')
    expect(
      text([
        {
          addresses,
          ports: [
            { name: 'a', port: 80 },
            { name: 'b', port: 81 },
          ],
        },
      ]),
    ).toBe('10.0.0.1:80,10.0.0.2:80,10.0.0.1:81 + 1 more...')
    expect(text([{ notReadyAddresses: addresses, ports: [{ port: 80 }] }])).toBe('')
  })

  it('devices are asked for one at a time', () => {
    const claimed = made('resourceclaims', {
      spec: {
        devices: {
          requests: [{ name: 'r', exactly: { deviceClassName: 'c', tolerations: [{ key: 'k' }] } }],
        },
      },
    })
    expect(
      semanticEqual(claimed.spec, {
        devices: {
          requests: [
            {
              name: 'r',
              exactly: {
                deviceClassName: 'c',
                allocationMode: 'ExactCount',
                count: 1,
                tolerations: [{ key: 'k', operator: 'Equal' }],
              },
            },
          ],
        },
      }),
    ).toBe(true)
  })

  it('tables have the columns of kubectl', () => {
    const heads = (resource: string): string =>
      definitionOf(rowOf(resource, {}))
        .columns.map(({ name, priority = 0 }) => name + '¹'.repeat(priority))
        .join(', ')
    expect(
      Object.fromEntries(
        [
          'replicationcontrollers',
          'persistentvolumeclaims',
          'limitranges',
          'storageclasses',
          'volumeattachments',
          'csinodes',
          'csidrivers',
          'csistoragecapacities',
          'volumeattributesclasses',
          'runtimeclasses',
          'deviceclasses',
          'resourceclaims',
          'resourceslices',
        ].map((resource) => [resource, heads(resource)]),
      ),
    ).toEqual({
      replicationcontrollers: 'Name, Desired, Current, Ready, Age, Containers¹, Images¹, Selector¹',
      persistentvolumeclaims:
        'Name, Status, Volume, Capacity, Access Modes, StorageClass, VolumeAttributesClass, Age, VolumeMode¹',
      limitranges: 'Name, Created At',
      storageclasses: 'Name, Provisioner, ReclaimPolicy, VolumeBindingMode, AllowVolumeExpansion, Age',
      volumeattachments: 'Name, Attacher, PV, Node, Attached, Age',
      csinodes: 'Name, Drivers, Age',
      csidrivers:
        'Name, AttachRequired, PodInfoOnMount, StorageCapacity, TokenRequests, RequiresRepublish, Modes, Age',
      csistoragecapacities: 'Name, Created At',
      volumeattributesclasses: 'Name, DriverName, Age',
      runtimeclasses: 'Name, Handler, Age',
      deviceclasses: 'Name, Age',
      resourceclaims: 'Name, State, Age',
      resourceslices: 'Name, Node, Driver, Pool, Age',
    })
    expect(scheme.byResource('', 'v1', 'persistentvolumes')?.columns.length).toBe(11)
  })
})
