import { describe, expect, test } from 'vitest'
import type {
  Device,
  DeviceClass,
  DeviceClaim,
  DeviceRequestAllocationResult,
  ResourceClaim,
  ResourceSlice,
} from '../../src/api/resource/generated.js'
import { allocate } from '../../src/scheduler/devices/allocator.js'
import { plainDevices } from '../../src/scheduler/devices/device-view.js'
import { deviceFeatures } from '../../src/scheduler/devices/features.js'
import { node } from './pods.js'

const DRIVER = 'gpu.example.com'

interface World {
  readonly slices: readonly ResourceSlice[]
  readonly classes?: readonly DeviceClass[]
  /** Claims that are allocated already. */
  readonly others?: readonly ResourceClaim[]
  readonly minor?: number
  readonly labels?: Record<string, string>
}

const deviceClass = (name: string, expression?: string, rest: object = {}): DeviceClass => ({
  metadata: { name },
  spec: { ...(expression === undefined ? {} : { selectors: [{ cel: { expression } }] }), ...rest },
})

function slice(name: string, devices: readonly Device[], rest: object = {}): ResourceSlice {
  const pool = { name: 'n', generation: 1, resourceSliceCount: 1 }
  return { metadata: { name }, spec: { driver: DRIVER, nodeName: 'n', pool, devices, ...rest } }
}

const gpu = (name: string, attributes: Device['attributes'] = {}, rest: object = {}): Device => ({
  name,
  attributes,
  ...rest,
})

function claim(
  name: string,
  devices: DeviceClaim,
  results?: readonly DeviceRequestAllocationResult[],
): ResourceClaim {
  const status = results === undefined ? {} : { allocation: { devices: { results } } }
  return { metadata: { name, namespace: 'default', uid: `uid-${name}` }, spec: { devices }, status }
}

const exactly = (rest: object = {}): object => ({
  exactly: { deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 1, ...rest },
})
const request = (name: string, rest: object = exactly()): object => ({ name, ...rest })
const wanting = (...requests: readonly object[]): DeviceClaim => ({ requests }) as DeviceClaim
const selecting = (expression: string): object => exactly({ selectors: [{ cel: { expression } }] })

const held = (device: string, rest: object = {}): DeviceRequestAllocationResult => ({
  request: 'r',
  driver: DRIVER,
  pool: 'n',
  device,
  ...rest,
})

function run(claims: readonly ResourceClaim[], world: World): ReturnType<typeof allocate> {
  const { slices, classes = [deviceClass('gpu')], others = [], minor = 35, labels = {} } = world
  const view = plainDevices({ resourceSlices: slices, deviceClasses: classes, resourceClaims: others })
  return allocate({ claims, node: node('n', { labels }), view, features: deviceFeatures(minor) })
}

/** The devices of each claim as `request=device`, or why there are none. */
function devicesOf(claims: readonly ResourceClaim[], world: World): unknown {
  const found = run(claims, world)
  return typeof found === 'string'
    ? found
    : found.map(({ devices }) => devices.results?.map((one) => `${one.request}=${one.device}`).join(' '))
}

const two = slice('s', [
  gpu(
    'gpu-0',
    { model: { string: 'a100' }, version: { version: '1.9.0' }, index: { int: 0 } },
    { capacity: { memory: { value: '40Gi' } } },
  ),
  gpu(
    'gpu-1',
    { model: { string: 'h100' }, version: { version: '1.10.0' }, index: { int: 1 } },
    { capacity: { memory: { value: '80Gi' } } },
  ),
])
const NONE = 'cannot allocate all claims'

describe('selectors', () => {
  test.each([
    [`device.attributes["${DRIVER}"].model == "h100"`, 'r=gpu-1'],
    [`device.attributes["${DRIVER}"].version.isGreaterThan(semver("1.9.0"))`, 'r=gpu-1'],
    [`device.capacity["${DRIVER}"].memory.compareTo(quantity("50Gi")) > 0`, 'r=gpu-1'],
    [`device.attributes["${DRIVER}"].index >= 1`, 'r=gpu-1'],
    [`device.driver == "${DRIVER}"`, 'r=gpu-0'],
    ['device.driver == "other.example.com"', undefined],
    ['has(device.attributes["other.example.com"].model)', undefined],
    ['"other.example.com" in device.attributes', undefined],
    [`cel.bind(gpu, device.attributes["${DRIVER}"], gpu.model == "h100" && gpu.index == 1)`, 'r=gpu-1'],
  ])('a request of %s', (expression, wanted) => {
    const found = devicesOf([claim('c', wanting(request('r', selecting(expression))))], { slices: [two] })
    expect(found).toEqual(wanted === undefined ? NONE : [wanted])
  })

  test('an attribute that no device has is an error of the expression', () => {
    const wrong = claim('c', wanting(request('r', selecting(`device.attributes["${DRIVER}"].size == 1`))))
    expect(() => run([wrong], { slices: [two] })).toThrow(
      'claim default/c: selector #0: CEL runtime error: no such key: size',
    )
  })

  test('the selectors of the class hold, too', () => {
    const classes = [deviceClass('gpu', `device.attributes["${DRIVER}"].model == "h100"`)]
    const world = { slices: [two], classes }
    expect(devicesOf([claim('c', wanting(request('r')))], world)).toEqual(['r=gpu-1'])
    const a100 = selecting(`device.attributes["${DRIVER}"].model == "a100"`)
    expect(devicesOf([claim('c', wanting(request('r', a100)))], world)).toBe(NONE)
  })
})

describe('counts', () => {
  test('as many devices as asked for, none twice, over all claims of a pod', () => {
    const one = claim('a', wanting(request('r')))
    expect(devicesOf([claim('c', wanting(request('r', exactly({ count: 2 }))))], { slices: [two] })).toEqual([
      'r=gpu-0 r=gpu-1',
    ])
    expect(devicesOf([one, claim('b', wanting(request('r')))], { slices: [two] })).toEqual([
      'r=gpu-0',
      'r=gpu-1',
    ])
    expect(devicesOf([claim('c', wanting(request('r', exactly({ count: 3 }))))], { slices: [two] })).toBe(
      NONE,
    )
  })

  test('an earlier choice is taken back if a later request needs that device', () => {
    const a100 = selecting(`device.attributes["${DRIVER}"].model == "a100"`)
    const both = claim('c', wanting(request('any'), request('special', a100)))
    expect(devicesOf([both], { slices: [two] })).toEqual(['any=gpu-1 special=gpu-0'])
  })

  test('what other claims hold is not free', () => {
    const others = [claim('o', wanting(request('r')), [held('gpu-0')])]
    const world = { slices: [two], others }
    expect(devicesOf([claim('c', wanting(request('r')))], world)).toEqual(['r=gpu-1'])
    expect(
      devicesOf(
        [claim('c', wanting(request('r', exactly({ allocationMode: 'All', count: undefined }))))],
        world,
      ),
    ).toBe(NONE)
  })

  test('all devices means all that are selected, at least one', () => {
    const all = exactly({ allocationMode: 'All', count: undefined })
    expect(devicesOf([claim('c', wanting(request('r', all)))], { slices: [two] })).toEqual([
      'r=gpu-0 r=gpu-1',
    ])
    expect(devicesOf([claim('c', wanting(request('r', all)))], { slices: [] })).toBe(NONE)
  })

  test('a claim has at most 32 devices', () => {
    const many = claim('c', wanting(request('r', exactly({ count: 33 }))))
    expect(() => run([many], { slices: [two] })).toThrow(
      'claim default/c: number of requested devices 33 exceeds the claim limit of 32',
    )
  })

  test('a search without end is given up', () => {
    const slices = [
      slice(
        's',
        Array.from({ length: 40 }, (_, at) => gpu(`g-${at}`)),
      ),
    ]
    const impossible = wanting(
      request('r', exactly({ count: 20 })),
      request('never', selecting('device.driver == "none"')),
    )
    expect(devicesOf([claim('c', impossible)], { slices })).toBe('timed out trying to allocate devices')
  })
})

describe('alternatives', () => {
  const alternatives = wanting(
    request('r', {
      firstAvailable: [
        { name: 'big', deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 2 },
        { name: 'small', deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 1 },
      ],
    }),
  )

  test('the first one that there are devices for is taken', () => {
    expect(devicesOf([claim('c', alternatives)], { slices: [two] })).toEqual(['r/big=gpu-0 r/big=gpu-1'])
    const others = [claim('o', wanting(request('r')), [held('gpu-1')])]
    expect(devicesOf([claim('c', alternatives)], { slices: [two], others })).toEqual(['r/small=gpu-0'])
  })

  test('an alternative is given up if what follows would not fit', () => {
    const both = { requests: [...(alternatives.requests ?? []), request('x')] } as DeviceClaim
    expect(devicesOf([claim('c', both)], { slices: [two] })).toEqual(['r/small=gpu-0 x=gpu-1'])
  })
})

describe('constraints', () => {
  const numa = (name: string, at: number): Device => gpu(name, { numa: { int: at } })
  const four = slice('s', [numa('a', 0), numa('b', 1), numa('c', 1), gpu('d')])
  const pair = (constraint: object): DeviceClaim => ({
    ...wanting(request('x'), request('y')),
    constraints: [constraint],
  })

  test('matchAttribute: all have the same value, and those without it are left out', () => {
    const same = pair({ matchAttribute: `${DRIVER}/numa` })
    expect(devicesOf([claim('c', same)], { slices: [four] })).toEqual(['x=b y=c'])
  })

  test('a constraint of some requests leaves the others alone', () => {
    const some = pair({ matchAttribute: `${DRIVER}/numa`, requests: ['y'] })
    expect(devicesOf([claim('c', some)], { slices: [four] })).toEqual(['x=a y=b'])
  })

  test('a constraint that all devices break is an error', () => {
    const all = {
      ...wanting(request('r', exactly({ allocationMode: 'All', count: undefined }))),
      constraints: [{ matchAttribute: `${DRIVER}/numa` }],
    }
    expect(() => run([claim('c', all as DeviceClaim)], { slices: [four] })).toThrow(
      `claim default/c, request r: cannot add device ${DRIVER}/n/b because a claim constraint would not be ` +
        'satisfied',
    )
  })
})

test('admin access takes devices that others hold, and takes none from them', () => {
  const others = [claim('o', wanting(request('r')), [held('gpu-0')])]
  const admin = claim(
    'c',
    wanting(request('r', exactly({ adminAccess: true, allocationMode: 'All', count: undefined }))),
  )
  const found = run([admin], { slices: [two], others })
  expect(found).toMatchObject([
    { devices: { results: [{ device: 'gpu-0', adminAccess: true }, { device: 'gpu-1' }] } },
  ])
  const seen = [claim('o', wanting(request('r')), [held('gpu-0', { adminAccess: true })])]
  expect(devicesOf([claim('c', wanting(request('r')))], { slices: [two], others: seen })).toEqual(['r=gpu-0'])
})

describe('pools', () => {
  const part = (name: string, device: string, generation = 1, count = 2): ResourceSlice =>
    slice(name, [gpu(device)], { pool: { name: 'n', generation, resourceSliceCount: count } })
  const one = claim('c', wanting(request('r')))
  const all = claim('c', wanting(request('r', exactly({ allocationMode: 'All', count: undefined }))))

  test('a pool without all its slices: nothing since v1.35, some of it before, and never all of it', () => {
    const slices = [part('a', 'x')]
    expect(devicesOf([one], { slices })).toBe(NONE)
    expect(devicesOf([one], { slices, minor: 34 })).toEqual(['r=x'])
    expect(() => run([all], { slices })).toThrow(
      `claim default/c, request r: asks for all devices, but resource pool ${DRIVER}/n is currently being ` +
        'updated',
    )
    expect(devicesOf([all], { slices: [...slices, part('b', 'y')] })).toEqual(['r=x r=y'])
  })

  test('only the newest generation counts', () => {
    expect(devicesOf([one], { slices: [part('a', 'old', 1, 1), part('b', 'new', 2, 1)] })).toEqual(['r=new'])
  })

  test('a pool with a name twice is passed over, and told of if there is no other', () => {
    const slices = [part('a', 'x'), part('b', 'x')]
    expect(devicesOf([one], { slices })).toBe('invalid resource pools were encountered')
    const other = slice('z', [gpu('z')], { pool: { name: 'z', generation: 1, resourceSliceCount: 1 } })
    expect(devicesOf([one], { slices: [...slices, other] })).toEqual(['r=z'])
  })

  test.each([
    ['for all nodes', { allNodes: true }, ['r=x'], undefined],
    [
      'for nodes with a label',
      {
        nodeSelector: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'rack', operator: 'In', values: ['b'] }] }],
        },
      },
      ['r=x'],
      [{ matchExpressions: [{ key: 'rack', operator: 'In', values: ['b'] }] }],
    ],
    ['for another node', { nodeName: 'm' }, NONE, undefined],
    [
      'for its node',
      { nodeName: 'n' },
      ['r=x'],
      [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }],
    ],
  ])('a slice %s', (_, place, devices, terms) => {
    const slices = [slice('s', [gpu('x')], { nodeName: undefined, ...place })]
    const world = { slices, labels: { rack: 'b' } }
    expect(devicesOf([one], world)).toEqual(devices)
    const found = run([one], world)
    if (typeof found !== 'string') expect(found[0]?.nodeSelector?.nodeSelectorTerms).toEqual(terms)
  })
})

test('configurations: of the class first, then of the claim, each for its requests', () => {
  const opaque = (value: number): object => ({ opaque: { driver: DRIVER, parameters: { value } } })
  const classes = [deviceClass('gpu', undefined, { config: [opaque(1)] })]
  const devices = {
    ...wanting(request('x'), request('y')),
    config: [opaque(2), { requests: ['y'], ...opaque(3) }],
  } as DeviceClaim
  const found = run([claim('c', devices)], { slices: [two], classes })
  expect(found).toMatchObject([
    {
      devices: {
        config: [
          { source: 'FromClass', ...opaque(1) },
          { source: 'FromClaim', ...opaque(2) },
          { source: 'FromClaim', requests: ['y'], ...opaque(3) },
        ],
      },
    },
  ])
})

describe('what is on by default since v1.36', () => {
  test('a device with a taint is for those that tolerate it; before, taints are ignored', () => {
    const slices = [slice('s', [gpu('x', {}, { taints: [{ key: 'broken', effect: 'NoSchedule' }] })])]
    const one = claim('c', wanting(request('r')))
    expect(devicesOf([one], { slices, minor: 35 })).toEqual(['r=x'])
    expect(devicesOf([one], { slices, minor: 36 })).toBe(NONE)
    const tolerant = wanting(request('r', exactly({ tolerations: [{ key: 'broken', operator: 'Exists' }] })))
    expect(devicesOf([claim('c', tolerant)], { slices, minor: 36 })).toEqual(['r=x'])
  })

  test('partitions of a device share its counters', () => {
    const pool = { name: 'n', generation: 1, resourceSliceCount: 2 }
    const partition = (name: string, memory: string): Device =>
      gpu(name, {}, { consumesCounters: [{ counterSet: 'gpu', counters: { memory: { value: memory } } }] })
    const sharedCounters = [{ name: 'gpu', counters: { memory: { value: '40Gi' } } }]
    const slices = [
      slice('a', [], { pool, sharedCounters }),
      slice('b', [partition('whole', '40Gi'), partition('half-0', '20Gi'), partition('half-1', '20Gi')], {
        pool,
      }),
    ]
    const two = claim('c', wanting(request('r', exactly({ count: 2 }))))
    expect(devicesOf([two], { slices, minor: 36 })).toEqual(['r=half-0 r=half-1'])
    const others = [claim('o', wanting(request('r')), [held('half-0')])]
    const one = claim('c', wanting(request('r')))
    expect(devicesOf([one], { slices, others, minor: 36 })).toEqual(['r=half-1'])
    expect(devicesOf([two], { slices, minor: 35 })).toBe(NONE)
  })

  test('claims share the capacity of a device that allows it, by the policy of its requests', () => {
    const capacity = {
      bandwidth: {
        value: '10G',
        requestPolicy: { default: '2G', validRange: { min: '1G', step: '1G', max: '8G' } },
      },
    }
    const slices = [slice('s', [gpu('nic', {}, { allowMultipleAllocations: true, capacity })])]
    const asking = (amount?: string): ResourceClaim =>
      claim(
        'c',
        wanting(
          request(
            'r',
            exactly(amount === undefined ? {} : { capacity: { requests: { bandwidth: amount } } }),
          ),
        ),
      )
    const used = (amount: string): ResourceClaim =>
      claim('o', wanting(request('r')), [
        held('nic', { shareID: 'a', consumedCapacity: { bandwidth: amount } }),
      ])
    const consumed = (found: ReturnType<typeof allocate>): unknown =>
      typeof found === 'string' ? found : found[0]?.devices.results?.[0]?.consumedCapacity
    expect(consumed(run([asking()], { slices, minor: 36 }))).toEqual({ bandwidth: '2G' })
    expect(consumed(run([asking('2500M')], { slices, minor: 36 }))).toEqual({ bandwidth: '3G' })
    expect(consumed(run([asking('9G')], { slices, minor: 36 }))).toBe(NONE)
    expect(consumed(run([asking('4G')], { slices, others: [used('6G')], minor: 36 }))).toEqual({
      bandwidth: '4G',
    })
    expect(consumed(run([asking('5G')], { slices, others: [used('6G')], minor: 36 }))).toBe(NONE)
  })
})
