/**
 * Field tables of PodSecurityPolicy, handwritten because no current server publishes them. Source: k8s.io/api
 * policy/v1beta1 types.go.
 */
import { coreSchema } from '../core/generated.js'
import type { KubeObject } from '../kind/definition.js'
import { metaSchema } from '../meta/generated.js'
import {
  always,
  atomicList,
  boolean,
  defineGroup,
  int32,
  int64,
  list,
  message,
  named,
  pointer,
  ref,
  required,
  string,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'
import { policySchema } from './generated.js'

/** A strategy that allows ranges of ids. */
export interface IdStrategy {
  readonly rule: string
  readonly ranges?: readonly { readonly min: number; readonly max: number }[]
}

/** The settings that pods may have. */
export interface PodSecurityPolicySpec {
  readonly privileged?: boolean
  readonly defaultAddCapabilities?: readonly string[]
  readonly requiredDropCapabilities?: readonly string[]
  readonly allowedCapabilities?: readonly string[]
  readonly volumes?: readonly string[]
  readonly hostNetwork?: boolean
  readonly hostPorts?: readonly { readonly min: number; readonly max: number }[]
  readonly hostPID?: boolean
  readonly hostIPC?: boolean
  readonly seLinux: { readonly rule: string; readonly seLinuxOptions?: object }
  readonly runAsUser: IdStrategy
  readonly runAsGroup?: IdStrategy
  readonly supplementalGroups: IdStrategy
  readonly fsGroup: IdStrategy
  readonly readOnlyRootFilesystem?: boolean
  readonly defaultAllowPrivilegeEscalation?: boolean
  readonly allowPrivilegeEscalation?: boolean | null
  readonly allowedHostPaths?: readonly { readonly pathPrefix?: string; readonly readOnly?: boolean }[]
  readonly allowedFlexVolumes?: readonly { readonly driver: string }[]
  readonly allowedCSIDrivers?: readonly { readonly name: string }[]
  readonly allowedUnsafeSysctls?: readonly string[]
  readonly forbiddenSysctls?: readonly string[]
  readonly allowedProcMountTypes?: readonly string[]
  readonly runtimeClass?: {
    readonly allowedRuntimeClassNames: readonly string[]
    readonly defaultRuntimeClassName?: string
  }
}

/** policy/v1beta1 PodSecurityPolicy. */
export interface PodSecurityPolicy extends KubeObject {
  readonly spec: PodSecurityPolicySpec
}

const idStrategy = (rule: string) => () =>
  message({ ranges: atomicList(ref('IDRange')), rule: required(always(named(`v1beta1.${rule}`))) })
const capabilities = atomicList(named('v1.Capability'))

/** Field tables of io.k8s.api.policy.v1beta1; the other kinds have the shapes of v1. */
export const podSecurityPolicySchema: SchemaGroup = defineGroup(
  'io.k8s.api.policy.v1beta1',
  'v1beta1',
  [policySchema, coreSchema, metaSchema],
  {
    AllowedCSIDriver: () => message({ name: required(always(string)) }),
    AllowedFlexVolume: () => message({ driver: required(always(string)) }),
    AllowedHostPath: () => message({ pathPrefix: string, readOnly: boolean }),
    FSGroupStrategyOptions: idStrategy('FSGroupStrategyType'),
    HostPortRange: () => message({ max: required(always(int32)), min: required(always(int32)) }),
    IDRange: () => message({ max: required(always(int64)), min: required(always(int64)) }),
    PodSecurityPolicy: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: always(ref('PodSecurityPolicySpec')),
      }),
    PodSecurityPolicySpec: () =>
      message({
        allowPrivilegeEscalation: pointer(boolean),
        allowedCSIDrivers: list(ref('AllowedCSIDriver')),
        allowedCapabilities: capabilities,
        allowedFlexVolumes: list(ref('AllowedFlexVolume')),
        allowedHostPaths: list(ref('AllowedHostPath')),
        allowedProcMountTypes: list(named('v1.ProcMountType')),
        allowedUnsafeSysctls: list(string),
        defaultAddCapabilities: capabilities,
        defaultAllowPrivilegeEscalation: pointer(boolean),
        forbiddenSysctls: list(string),
        fsGroup: required(always(ref('FSGroupStrategyOptions'))),
        hostIPC: boolean,
        hostNetwork: boolean,
        hostPID: boolean,
        hostPorts: list(ref('HostPortRange')),
        privileged: boolean,
        readOnlyRootFilesystem: boolean,
        requiredDropCapabilities: capabilities,
        runAsGroup: ref('RunAsGroupStrategyOptions'),
        runAsUser: required(always(ref('RunAsUserStrategyOptions'))),
        runtimeClass: ref('RuntimeClassStrategyOptions'),
        seLinux: required(always(ref('SELinuxStrategyOptions'))),
        supplementalGroups: required(always(ref('SupplementalGroupsStrategyOptions'))),
        volumes: list(named('v1beta1.FSType')),
      }),
    RunAsGroupStrategyOptions: idStrategy('RunAsGroupStrategy'),
    RunAsUserStrategyOptions: idStrategy('RunAsUserStrategy'),
    RuntimeClassStrategyOptions: () =>
      message({
        allowedRuntimeClassNames: required(always(list(string))),
        defaultRuntimeClassName: pointer(string),
      }),
    SELinuxStrategyOptions: () =>
      message({
        rule: required(always(named('v1beta1.SELinuxStrategy'))),
        seLinuxOptions: ref('SELinuxOptions'),
      }),
    SupplementalGroupsStrategyOptions: idStrategy('SupplementalGroupsStrategyType'),
  },
)
