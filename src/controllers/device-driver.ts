import { semanticEqual } from '../api/kind/equal.js'
import type { Node } from '../api/core/generated.js'
import type { Device, DeviceTaint, ResourceSlice } from '../api/resource/generated.js'
import type { DeviceInput } from '../api/resource/inputs.js'
import { isApiError, ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { Informer } from '../client/informers/informer.js'
import type { Controller, ControllerContext, Handlers } from './shared/define-controller.js'
import { builtInController } from './shared/define-controller.js'
import { controllerIdentity } from './shared/identity.js'

/** A driver of devices, which runs on nodes as a DaemonSet of its vendor does. */
export interface DeviceDriverOptions {
  /** Its name, by which allocations and selectors (`device.driver`) know it: `gpu.example.com`. */
  readonly name: string
  /** The devices that each of its nodes has. */
  readonly devices: readonly DriverDevice[]
  /** Names of its nodes. Default: all nodes. */
  readonly nodes?: readonly string[]
}

/** A device as its driver publishes it. */
export interface DriverDevice extends DeviceInput {
  /** Variables of the containers that use the device, as CDI adds them. Default: none. */
  readonly env?: Readonly<Record<string, string>>
}

/** Most devices of one slice. */
const MOST_DEVICES = 128
/** The same for devices with taints or counters. */
const MOST_COMPLEX_DEVICES = 64
const BY_NODE = 'node'

/** Returns the name of a driver's component. */
export const deviceDriverName = (driver: string): string => `device-driver/${driver}`

/** Whether the driver runs on a node. */
export const runsOn = ({ nodes }: DeviceDriverOptions, node: string): boolean => nodes?.includes(node) ?? true

type DeviceDriverInformers = { readonly nodes: 'nodes'; readonly slices: 'resourceslices' }

/**
 * Creates a driver of devices: it publishes a pool for each of its nodes, with the node's name, in
 * ResourceSlices that the Node owns, and a DeviceClass of its own name, as the charts of drivers do. What
 * others change in its slices is changed back. Source: k8s.io/dynamic-resource-allocation/resourceslice.
 */
export function createDeviceDriver(options: DeviceDriverOptions): Component {
  const { name } = options
  return builtInController<DeviceDriverInformers>({
    name: deviceDriverName(name),
    identity: {
      ...controllerIdentity('device-driver'),
      groups: [...(controllerIdentity('device-driver').groups ?? []), 'system:masters'],
    },
    informers: {
      nodes: { resource: 'nodes' },
      slices: {
        resource: 'resourceslices',
        fieldSelector: `spec.driver=${name}`,
        indexers: { [BY_NODE]: ({ spec }) => [spec.nodeName ?? ''] },
      },
    },
    setup: (context) => new DeviceDriver(context, options),
  })
}

class DeviceDriver implements Controller<DeviceDriverInformers> {
  readonly on: Handlers<DeviceDriverInformers> = {
    nodes: ({ type, object }) =>
      type === 'ADDED' && runsOn(this.#options, object.metadata.name ?? '')
        ? [object.metadata.name ?? '']
        : [],
    slices: ({ object }) => [object.spec.nodeName ?? ''],
  }
  readonly #host: ComponentHost
  readonly #nodes: Informer<Node>
  readonly #slices: Informer<ResourceSlice>
  readonly #options: DeviceDriverOptions

  constructor(
    { host, informers: { nodes, slices } }: ControllerContext<DeviceDriverInformers>,
    options: DeviceDriverOptions,
  ) {
    this.#host = host
    this.#nodes = nodes
    this.#slices = slices
    this.#options = options
  }

  reconcile(key: string): void {
    const node = this.#nodes.get(key)
    // the garbage collector deletes the slices of a node that is gone
    if (node === undefined || !runsOn(this.#options, key)) return
    this.#ensureClass()
    const known = this.#slices.byIndex(BY_NODE, key)
    const wanted = slicesOf(this.#options, node)
    const isRight =
      known.length === wanted.length &&
      wanted.every(({ spec }) =>
        known.some((slice) => semanticEqual(bare(slice.spec.devices ?? []), spec.devices ?? [])),
      )
    if (isRight) return
    const { client } = this.#host
    const generation = known.reduce((most, { spec }) => Math.max(most, spec.pool.generation), 0) + 1
    for (const { metadata } of known) ignoreNotFound(() => client.delete('resourceslices', metadata))
    for (const { metadata, spec } of wanted)
      client.create('resourceslices', { metadata, spec: { ...spec, pool: { ...spec.pool, generation } } })
  }

  #ensureClass(): void {
    const { client } = this.#host
    const { name } = this.#options
    if (ignoreNotFound(() => client.get('deviceclasses', { name })) !== undefined) return
    const expression = `device.driver == '${name}'`
    try {
      client.create('deviceclasses', { metadata: { name }, spec: { selectors: [{ cel: { expression } }] } })
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists')) throw error
    }
  }
}

/** Returns the devices without what the server adds to them. */
function bare(devices: readonly Device[]): readonly Device[] {
  const untimed = ({ timeAdded: _timeAdded, ...taint }: DeviceTaint): DeviceTaint => taint
  return devices.map((device) =>
    device.taints === undefined ? device : { ...device, taints: device.taints.map(untimed) },
  )
}

function slicesOf(
  { name: driver, devices }: DeviceDriverOptions,
  { metadata }: Node,
): readonly ResourceSlice[] {
  const { name = '', uid = '' } = metadata
  const published = devices.map(({ env: _env, ...device }) => device as Device)
  const isComplex = published.some(
    ({ taints, consumesCounters }) => (taints ?? consumesCounters) !== undefined,
  )
  const most = isComplex ? MOST_COMPLEX_DEVICES : MOST_DEVICES
  const count = Math.max(1, Math.ceil(published.length / most))
  return Array.from({ length: count }, (_, at): ResourceSlice => ({
    metadata: {
      generateName: `${name}-${driver}-`,
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid, controller: true }],
    },
    spec: {
      driver,
      nodeName: name,
      pool: { name, generation: 1, resourceSliceCount: count },
      devices: published.slice(at * most, (at + 1) * most),
    },
  }))
}
