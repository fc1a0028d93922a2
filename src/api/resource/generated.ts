// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { coreSchema } from '../core/generated.js'
import { metaSchema } from '../meta/generated.js'
import type { ClusterObjectMeta } from '../kind/cluster-object-meta.js'
import type { NodeSelector } from '../core/generated.js'
import type { JsonObject } from '../../lang/json/json.js'
import type { Condition, ObjectMeta } from '../meta/generated.js'
import {
  always,
  atomicList,
  boolean,
  defineGroup,
  int64,
  json,
  map,
  mapList,
  merge,
  message,
  named,
  pointer,
  quantity,
  ref,
  required,
  string,
  time,
  typed,
  withDefault,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface AllocatedDeviceStatus {
  readonly conditions?: ReadonlyArray<Condition>
  readonly data?: JsonObject
  readonly device: string
  readonly driver: string
  readonly networkData?: NetworkDeviceData
  readonly pool: string
  readonly shareID?: string
}

export interface AllocationResult {
  readonly allocationTimestamp?: string
  readonly devices: DeviceAllocationResult
  readonly nodeSelector?: NodeSelector
}

export interface CELDeviceSelector {
  readonly expression: string
}

export interface CapacityRequestPolicy {
  readonly default?: string
  readonly validRange?: CapacityRequestPolicyRange
  readonly validValues?: ReadonlyArray<string>
}

export interface CapacityRequestPolicyRange {
  readonly max?: string
  readonly min: string
  readonly step?: string
}

export interface CapacityRequirements {
  readonly requests?: Readonly<Record<string, string>>
}

export interface Counter {
  readonly value: string
}

export interface CounterSet {
  readonly counters?: Readonly<Record<string, Counter>> | null
  readonly name: string
}

export interface Device {
  readonly allNodes?: boolean
  readonly allowMultipleAllocations?: boolean
  readonly attributes?: Readonly<Record<string, DeviceAttribute>>
  readonly bindingConditions?: ReadonlyArray<string>
  readonly bindingFailureConditions?: ReadonlyArray<string>
  readonly bindsToNode?: boolean
  readonly capacity?: Readonly<Record<string, DeviceCapacity>>
  readonly consumesCounters?: ReadonlyArray<DeviceCounterConsumption>
  readonly name: string
  readonly nodeName?: string
  readonly nodeSelector?: NodeSelector
  readonly taints?: ReadonlyArray<DeviceTaint>
}

export interface DeviceAllocationConfiguration {
  readonly opaque?: OpaqueDeviceConfiguration
  readonly requests?: ReadonlyArray<string>
  readonly source: string
}

export interface DeviceAllocationResult {
  readonly config?: ReadonlyArray<DeviceAllocationConfiguration>
  readonly results?: ReadonlyArray<DeviceRequestAllocationResult>
}

export interface DeviceAttribute {
  readonly bool?: boolean
  readonly int?: number
  readonly string?: string
  readonly version?: string
}

export interface DeviceCapacity {
  readonly requestPolicy?: CapacityRequestPolicy
  readonly value: string
}

export interface DeviceClaim {
  readonly config?: ReadonlyArray<DeviceClaimConfiguration>
  readonly constraints?: ReadonlyArray<DeviceConstraint>
  readonly requests?: ReadonlyArray<DeviceRequest> | null
}

export interface DeviceClaimConfiguration {
  readonly opaque?: OpaqueDeviceConfiguration
  readonly requests?: ReadonlyArray<string>
}

export interface DeviceClass {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly spec: DeviceClassSpec
}

export interface DeviceClassConfiguration {
  readonly opaque?: OpaqueDeviceConfiguration
}

export interface DeviceClassSpec {
  readonly config?: ReadonlyArray<DeviceClassConfiguration>
  readonly extendedResourceName?: string
  readonly selectors?: ReadonlyArray<DeviceSelector>
}

export interface DeviceConstraint {
  readonly distinctAttribute?: string
  readonly matchAttribute?: string
  readonly requests?: ReadonlyArray<string>
}

export interface DeviceCounterConsumption {
  readonly counterSet: string
  readonly counters?: Readonly<Record<string, Counter>> | null
}

export interface DeviceRequest {
  readonly exactly?: ExactDeviceRequest
  readonly firstAvailable?: ReadonlyArray<DeviceSubRequest>
  readonly name: string
}

export interface DeviceRequestAllocationResult {
  readonly adminAccess?: boolean
  readonly bindingConditions?: ReadonlyArray<string>
  readonly bindingFailureConditions?: ReadonlyArray<string>
  readonly consumedCapacity?: Readonly<Record<string, string>>
  readonly device: string
  readonly driver: string
  readonly pool: string
  readonly request: string
  readonly shareID?: string
  readonly tolerations?: ReadonlyArray<DeviceToleration>
}

export interface DeviceSelector {
  readonly cel?: CELDeviceSelector
}

export interface DeviceSubRequest {
  readonly allocationMode?: string
  readonly capacity?: CapacityRequirements
  readonly count?: number
  readonly deviceClassName: string
  readonly name: string
  readonly selectors?: ReadonlyArray<DeviceSelector>
  readonly tolerations?: ReadonlyArray<DeviceToleration>
}

export interface DeviceTaint {
  readonly effect: 'NoExecute' | 'NoSchedule'
  readonly key: string
  readonly timeAdded?: string
  readonly value?: string
}

export interface DeviceToleration {
  readonly effect?: 'NoExecute' | 'NoSchedule'
  readonly key?: string
  readonly operator?: 'Equal' | 'Exists'
  readonly tolerationSeconds?: number
  readonly value?: string
}

export interface ExactDeviceRequest {
  readonly adminAccess?: boolean
  readonly allocationMode?: string
  readonly capacity?: CapacityRequirements
  readonly count?: number
  readonly deviceClassName: string
  readonly selectors?: ReadonlyArray<DeviceSelector>
  readonly tolerations?: ReadonlyArray<DeviceToleration>
}

export interface NetworkDeviceData {
  readonly hardwareAddress?: string
  readonly interfaceName?: string
  readonly ips?: ReadonlyArray<string>
}

export interface OpaqueDeviceConfiguration {
  readonly driver: string
  readonly parameters?: JsonObject | null
}

export interface ResourceClaim {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: ResourceClaimSpec
  readonly status: ResourceClaimStatus
}

export interface ResourceClaimConsumerReference {
  readonly apiGroup?: string
  readonly name: string
  readonly resource: string
  readonly uid: string
}

export interface ResourceClaimSpec {
  readonly devices: DeviceClaim
}

export interface ResourceClaimStatus {
  readonly allocation?: AllocationResult
  readonly devices?: ReadonlyArray<AllocatedDeviceStatus>
  readonly reservedFor?: ReadonlyArray<ResourceClaimConsumerReference>
}

export interface ResourceClaimTemplate {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: ResourceClaimTemplateSpec
}

export interface ResourceClaimTemplateSpec {
  readonly metadata: ObjectMeta
  readonly spec: ResourceClaimSpec
}

export interface ResourcePool {
  readonly generation: number
  readonly name: string
  readonly resourceSliceCount: number
}

export interface ResourceSlice {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly spec: ResourceSliceSpec
}

export interface ResourceSliceSpec {
  readonly allNodes?: boolean
  readonly devices?: ReadonlyArray<Device> | null
  readonly driver: string
  readonly nodeName?: string
  readonly nodeSelector?: NodeSelector
  readonly perDeviceNodeSelection?: boolean
  readonly pool: ResourcePool
  readonly sharedCounters?: ReadonlyArray<CounterSet>
}

/** Field tables of io.k8s.api.resource.v1. */
export const resourceSchema: SchemaGroup = defineGroup(
  'io.k8s.api.resource.v1',
  'v1',
  [coreSchema, metaSchema],
  {
    AllocatedDeviceStatus: () =>
      message({
        conditions: mapList(ref('Condition'), 'type'),
        data: json,
        device: required(always(string)),
        driver: required(always(string)),
        networkData: ref('NetworkDeviceData'),
        pool: required(always(string)),
        shareID: pointer(string),
      }),
    AllocationResult: () =>
      message({
        allocationTimestamp: time,
        devices: always(ref('DeviceAllocationResult')),
        nodeSelector: ref('NodeSelector'),
      }),
    CELDeviceSelector: () => message({ expression: required(always(string)) }),
    CapacityRequestPolicy: () =>
      message({
        default: quantity,
        validRange: ref('CapacityRequestPolicyRange'),
        validValues: atomicList(quantity),
      }),
    CapacityRequestPolicyRange: () =>
      message({ max: quantity, min: required(always(quantity)), step: quantity }),
    CapacityRequirements: () =>
      message({ requests: typed('map[v1.QualifiedName]resource.Quantity', map(quantity)) }),
    Counter: () => message({ value: required(always(quantity)) }),
    CounterSet: () =>
      message({ counters: required(always(map(ref('Counter')))), name: required(always(string)) }),
    Device: () =>
      message({
        allNodes: pointer(boolean),
        allowMultipleAllocations: pointer(boolean),
        attributes: typed('map[v1.QualifiedName]v1.DeviceAttribute', map(ref('DeviceAttribute'))),
        bindingConditions: atomicList(string),
        bindingFailureConditions: atomicList(string),
        bindsToNode: pointer(boolean),
        capacity: typed('map[v1.QualifiedName]v1.DeviceCapacity', map(ref('DeviceCapacity'))),
        consumesCounters: atomicList(ref('DeviceCounterConsumption')),
        name: required(always(string)),
        nodeName: pointer(string),
        nodeSelector: ref('NodeSelector'),
        taints: atomicList(ref('DeviceTaint')),
      }),
    DeviceAllocationConfiguration: () =>
      message({
        opaque: ref('OpaqueDeviceConfiguration'),
        requests: atomicList(string),
        source: required(always(named('v1.AllocationConfigSource'))),
      }),
    DeviceAllocationResult: () =>
      message({
        config: atomicList(ref('DeviceAllocationConfiguration')),
        results: atomicList(ref('DeviceRequestAllocationResult')),
      }),
    DeviceAttribute: () =>
      message({
        bool: pointer(boolean),
        int: pointer(int64),
        string: pointer(string),
        version: pointer(string),
      }),
    DeviceCapacity: () =>
      message({ requestPolicy: ref('CapacityRequestPolicy'), value: required(always(quantity)) }),
    DeviceClaim: () =>
      message({
        config: atomicList(ref('DeviceClaimConfiguration')),
        constraints: atomicList(ref('DeviceConstraint')),
        requests: always(atomicList(ref('DeviceRequest'))),
      }),
    DeviceClaimConfiguration: () =>
      message({ opaque: ref('OpaqueDeviceConfiguration'), requests: atomicList(string) }),
    DeviceClass: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: required(always(ref('DeviceClassSpec'))),
      }),
    DeviceClassConfiguration: () => message({ opaque: ref('OpaqueDeviceConfiguration') }),
    DeviceClassSpec: () =>
      message({
        config: atomicList(ref('DeviceClassConfiguration')),
        extendedResourceName: pointer(string),
        selectors: atomicList(ref('DeviceSelector')),
      }),
    DeviceConstraint: () =>
      message({
        distinctAttribute: pointer(named('v1.FullyQualifiedName')),
        matchAttribute: pointer(named('v1.FullyQualifiedName')),
        requests: atomicList(string),
      }),
    DeviceCounterConsumption: () =>
      message({ counterSet: required(always(string)), counters: required(always(map(ref('Counter')))) }),
    DeviceRequest: () =>
      message({
        exactly: ref('ExactDeviceRequest'),
        firstAvailable: atomicList(ref('DeviceSubRequest')),
        name: required(always(string)),
      }),
    DeviceRequestAllocationResult: () =>
      message({
        adminAccess: pointer(boolean),
        bindingConditions: atomicList(string),
        bindingFailureConditions: atomicList(string),
        consumedCapacity: typed('map[v1.QualifiedName]resource.Quantity', map(quantity)),
        device: required(always(string)),
        driver: required(always(string)),
        pool: required(always(string)),
        request: required(always(string)),
        shareID: pointer(named('types.UID')),
        tolerations: atomicList(ref('DeviceToleration')),
      }),
    DeviceSelector: () => message({ cel: ref('CELDeviceSelector') }),
    DeviceSubRequest: () =>
      message({
        allocationMode: named('v1.DeviceAllocationMode'),
        capacity: ref('CapacityRequirements'),
        count: int64,
        deviceClassName: required(always(string)),
        name: required(always(string)),
        selectors: atomicList(ref('DeviceSelector')),
        tolerations: atomicList(ref('DeviceToleration')),
      }),
    DeviceTaint: () =>
      message({
        effect: required(always(named('v1.DeviceTaintEffect', ['NoExecute', 'NoSchedule']))),
        key: required(always(string)),
        timeAdded: time,
        value: string,
      }),
    DeviceToleration: () =>
      message({
        effect: named('v1.DeviceTaintEffect', ['NoExecute', 'NoSchedule']),
        key: string,
        operator: withDefault(named('v1.DeviceTolerationOperator', ['Equal', 'Exists']), 'Equal'),
        tolerationSeconds: pointer(int64),
        value: string,
      }),
    ExactDeviceRequest: () =>
      message({
        adminAccess: pointer(boolean),
        allocationMode: named('v1.DeviceAllocationMode'),
        capacity: ref('CapacityRequirements'),
        count: int64,
        deviceClassName: required(always(string)),
        selectors: atomicList(ref('DeviceSelector')),
        tolerations: atomicList(ref('DeviceToleration')),
      }),
    NetworkDeviceData: () =>
      message({ hardwareAddress: string, interfaceName: string, ips: atomicList(string) }),
    OpaqueDeviceConfiguration: () =>
      message({ driver: required(always(string)), parameters: required(always(json)) }),
    ResourceClaim: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: required(always(ref('ResourceClaimSpec'))),
        status: always(ref('ResourceClaimStatus')),
      }),
    ResourceClaimConsumerReference: () =>
      message({
        apiGroup: string,
        name: required(always(string)),
        resource: required(always(string)),
        uid: required(always(named('types.UID'))),
      }),
    ResourceClaimSpec: () => message({ devices: always(ref('DeviceClaim')) }),
    ResourceClaimStatus: () =>
      message({
        allocation: ref('AllocationResult'),
        devices: mapList(ref('AllocatedDeviceStatus'), 'driver', 'device', 'pool', 'shareID'),
        reservedFor: merge('merge', mapList(ref('ResourceClaimConsumerReference'), 'uid'), 'uid'),
      }),
    ResourceClaimTemplate: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: required(always(ref('ResourceClaimTemplateSpec'))),
      }),
    ResourceClaimTemplateSpec: () =>
      message({ metadata: always(ref('ObjectMeta')), spec: required(always(ref('ResourceClaimSpec'))) }),
    ResourcePool: () =>
      message({
        generation: required(always(int64)),
        name: required(always(string)),
        resourceSliceCount: required(always(int64)),
      }),
    ResourceSlice: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: required(always(ref('ResourceSliceSpec'))),
      }),
    ResourceSliceSpec: () =>
      message({
        allNodes: pointer(boolean),
        devices: always(atomicList(ref('Device'))),
        driver: required(always(string)),
        nodeName: pointer(string),
        nodeSelector: ref('NodeSelector'),
        perDeviceNodeSelection: pointer(boolean),
        pool: required(always(ref('ResourcePool'))),
        sharedCounters: atomicList(ref('CounterSet')),
      }),
  },
)
