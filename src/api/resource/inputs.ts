// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { ClusterObjectMetaInput } from '../kind/cluster-object-meta.js'
import type { NodeSelectorInput } from '../core/inputs.js'
import type { JsonObject } from '../../lang/json/json.js'
import type { ConditionInput, ObjectMetaInput } from '../meta/inputs.js'

/** A {@link AllocatedDeviceStatus} as clients send it. */
export interface AllocatedDeviceStatusInput {
  readonly conditions?: ReadonlyArray<ConditionInput> | undefined
  readonly data?: JsonObject | undefined
  readonly device: string
  readonly driver: string
  readonly networkData?: NetworkDeviceDataInput | undefined
  readonly pool: string
  readonly shareID?: string | undefined
}

/** A {@link AllocationResult} as clients send it. */
export interface AllocationResultInput {
  readonly allocationTimestamp?: string | undefined
  readonly devices?: DeviceAllocationResultInput | undefined
  readonly nodeSelector?: NodeSelectorInput | undefined
}

/** A {@link CELDeviceSelector} as clients send it. */
export interface CELDeviceSelectorInput {
  readonly expression: string
}

/** A {@link CapacityRequestPolicy} as clients send it. */
export interface CapacityRequestPolicyInput {
  readonly default?: string | undefined
  readonly validRange?: CapacityRequestPolicyRangeInput | undefined
  readonly validValues?: ReadonlyArray<string> | undefined
}

/** A {@link CapacityRequestPolicyRange} as clients send it. */
export interface CapacityRequestPolicyRangeInput {
  readonly max?: string | undefined
  readonly min: string
  readonly step?: string | undefined
}

/** A {@link CapacityRequirements} as clients send it. */
export interface CapacityRequirementsInput {
  readonly requests?: Readonly<Record<string, string>> | undefined
}

/** A {@link Counter} as clients send it. */
export interface CounterInput {
  readonly value: string
}

/** A {@link CounterSet} as clients send it. */
export interface CounterSetInput {
  readonly counters?: Readonly<Record<string, CounterInput>> | null
  readonly name: string
}

/** A {@link Device} as clients send it. */
export interface DeviceInput {
  readonly allNodes?: boolean | undefined
  readonly allowMultipleAllocations?: boolean | undefined
  readonly attributes?: Readonly<Record<string, DeviceAttributeInput>> | undefined
  readonly bindingConditions?: ReadonlyArray<string> | undefined
  readonly bindingFailureConditions?: ReadonlyArray<string> | undefined
  readonly bindsToNode?: boolean | undefined
  readonly capacity?: Readonly<Record<string, DeviceCapacityInput>> | undefined
  readonly consumesCounters?: ReadonlyArray<DeviceCounterConsumptionInput> | undefined
  readonly name: string
  readonly nodeName?: string | undefined
  readonly nodeSelector?: NodeSelectorInput | undefined
  readonly taints?: ReadonlyArray<DeviceTaintInput> | undefined
}

/** A {@link DeviceAllocationConfiguration} as clients send it. */
export interface DeviceAllocationConfigurationInput {
  readonly opaque?: OpaqueDeviceConfigurationInput | undefined
  readonly requests?: ReadonlyArray<string> | undefined
  readonly source: string
}

/** A {@link DeviceAllocationResult} as clients send it. */
export interface DeviceAllocationResultInput {
  readonly config?: ReadonlyArray<DeviceAllocationConfigurationInput> | undefined
  readonly results?: ReadonlyArray<DeviceRequestAllocationResultInput> | undefined
}

/** A {@link DeviceAttribute} as clients send it. */
export interface DeviceAttributeInput {
  readonly bool?: boolean | undefined
  readonly int?: number | undefined
  readonly string?: string | undefined
  readonly version?: string | undefined
}

/** A {@link DeviceCapacity} as clients send it. */
export interface DeviceCapacityInput {
  readonly requestPolicy?: CapacityRequestPolicyInput | undefined
  readonly value: string
}

/** A {@link DeviceClaim} as clients send it. */
export interface DeviceClaimInput {
  readonly config?: ReadonlyArray<DeviceClaimConfigurationInput> | undefined
  readonly constraints?: ReadonlyArray<DeviceConstraintInput> | undefined
  readonly requests?: ReadonlyArray<DeviceRequestInput> | null | undefined
}

/** A {@link DeviceClaimConfiguration} as clients send it. */
export interface DeviceClaimConfigurationInput {
  readonly opaque?: OpaqueDeviceConfigurationInput | undefined
  readonly requests?: ReadonlyArray<string> | undefined
}

/** A {@link DeviceClass} as clients send it. */
export interface DeviceClassInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly spec: DeviceClassSpecInput
}

/** A {@link DeviceClassConfiguration} as clients send it. */
export interface DeviceClassConfigurationInput {
  readonly opaque?: OpaqueDeviceConfigurationInput | undefined
}

/** A {@link DeviceClassSpec} as clients send it. */
export interface DeviceClassSpecInput {
  readonly config?: ReadonlyArray<DeviceClassConfigurationInput> | undefined
  readonly extendedResourceName?: string | undefined
  readonly selectors?: ReadonlyArray<DeviceSelectorInput> | undefined
}

/** A {@link DeviceConstraint} as clients send it. */
export interface DeviceConstraintInput {
  readonly distinctAttribute?: string | undefined
  readonly matchAttribute?: string | undefined
  readonly requests?: ReadonlyArray<string> | undefined
}

/** A {@link DeviceCounterConsumption} as clients send it. */
export interface DeviceCounterConsumptionInput {
  readonly counterSet: string
  readonly counters?: Readonly<Record<string, CounterInput>> | null
}

/** A {@link DeviceRequest} as clients send it. */
export interface DeviceRequestInput {
  readonly exactly?: ExactDeviceRequestInput | undefined
  readonly firstAvailable?: ReadonlyArray<DeviceSubRequestInput> | undefined
  readonly name: string
}

/** A {@link DeviceRequestAllocationResult} as clients send it. */
export interface DeviceRequestAllocationResultInput {
  readonly adminAccess?: boolean | undefined
  readonly bindingConditions?: ReadonlyArray<string> | undefined
  readonly bindingFailureConditions?: ReadonlyArray<string> | undefined
  readonly consumedCapacity?: Readonly<Record<string, string>> | undefined
  readonly device: string
  readonly driver: string
  readonly pool: string
  readonly request: string
  readonly shareID?: string | undefined
  readonly tolerations?: ReadonlyArray<DeviceTolerationInput> | undefined
}

/** A {@link DeviceSelector} as clients send it. */
export interface DeviceSelectorInput {
  readonly cel?: CELDeviceSelectorInput | undefined
}

/** A {@link DeviceSubRequest} as clients send it. */
export interface DeviceSubRequestInput {
  readonly allocationMode?: string | undefined
  readonly capacity?: CapacityRequirementsInput | undefined
  readonly count?: number | undefined
  readonly deviceClassName: string
  readonly name: string
  readonly selectors?: ReadonlyArray<DeviceSelectorInput> | undefined
  readonly tolerations?: ReadonlyArray<DeviceTolerationInput> | undefined
}

/** A {@link DeviceTaint} as clients send it. */
export interface DeviceTaintInput {
  readonly effect: 'NoExecute' | 'NoSchedule'
  readonly key: string
  readonly timeAdded?: string | undefined
  readonly value?: string | undefined
}

/** A {@link DeviceToleration} as clients send it. */
export interface DeviceTolerationInput {
  readonly effect?: 'NoExecute' | 'NoSchedule' | undefined
  readonly key?: string | undefined
  readonly operator?: 'Equal' | 'Exists' | undefined
  readonly tolerationSeconds?: number | undefined
  readonly value?: string | undefined
}

/** A {@link ExactDeviceRequest} as clients send it. */
export interface ExactDeviceRequestInput {
  readonly adminAccess?: boolean | undefined
  readonly allocationMode?: string | undefined
  readonly capacity?: CapacityRequirementsInput | undefined
  readonly count?: number | undefined
  readonly deviceClassName: string
  readonly selectors?: ReadonlyArray<DeviceSelectorInput> | undefined
  readonly tolerations?: ReadonlyArray<DeviceTolerationInput> | undefined
}

/** A {@link NetworkDeviceData} as clients send it. */
export interface NetworkDeviceDataInput {
  readonly hardwareAddress?: string | undefined
  readonly interfaceName?: string | undefined
  readonly ips?: ReadonlyArray<string> | undefined
}

/** A {@link OpaqueDeviceConfiguration} as clients send it. */
export interface OpaqueDeviceConfigurationInput {
  readonly driver: string
  readonly parameters?: JsonObject | null
}

/** A {@link ResourceClaim} as clients send it. */
export interface ResourceClaimInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: ResourceClaimSpecInput
  readonly status?: ResourceClaimStatusInput | undefined
}

/** A {@link ResourceClaimConsumerReference} as clients send it. */
export interface ResourceClaimConsumerReferenceInput {
  readonly apiGroup?: string | undefined
  readonly name: string
  readonly resource: string
  readonly uid: string
}

/** A {@link ResourceClaimSpec} as clients send it. */
export interface ResourceClaimSpecInput {
  readonly devices?: DeviceClaimInput | undefined
}

/** A {@link ResourceClaimStatus} as clients send it. */
export interface ResourceClaimStatusInput {
  readonly allocation?: AllocationResultInput | undefined
  readonly devices?: ReadonlyArray<AllocatedDeviceStatusInput> | undefined
  readonly reservedFor?: ReadonlyArray<ResourceClaimConsumerReferenceInput> | undefined
}

/** A {@link ResourceClaimTemplate} as clients send it. */
export interface ResourceClaimTemplateInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: ResourceClaimTemplateSpecInput
}

/** A {@link ResourceClaimTemplateSpec} as clients send it. */
export interface ResourceClaimTemplateSpecInput {
  readonly metadata?: ObjectMetaInput | undefined
  readonly spec: ResourceClaimSpecInput
}

/** A {@link ResourcePool} as clients send it. */
export interface ResourcePoolInput {
  readonly generation: number
  readonly name: string
  readonly resourceSliceCount: number
}

/** A {@link ResourceSlice} as clients send it. */
export interface ResourceSliceInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly spec: ResourceSliceSpecInput
}

/** A {@link ResourceSliceSpec} as clients send it. */
export interface ResourceSliceSpecInput {
  readonly allNodes?: boolean | undefined
  readonly devices?: ReadonlyArray<DeviceInput> | null | undefined
  readonly driver: string
  readonly nodeName?: string | undefined
  readonly nodeSelector?: NodeSelectorInput | undefined
  readonly perDeviceNodeSelection?: boolean | undefined
  readonly pool: ResourcePoolInput
  readonly sharedCounters?: ReadonlyArray<CounterSetInput> | undefined
}
