// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { metaSchema } from '../meta/generated.js'
import type { ClusterObjectMeta } from '../kind/cluster-object-meta.js'
import {
  always,
  boolean,
  bytes,
  defineGroup,
  int32,
  mapList,
  merge,
  message,
  named,
  pointer,
  ref,
  required,
  string,
  time,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface APIService {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly spec: APIServiceSpec
  readonly status: APIServiceStatus
}

export interface APIServiceCondition {
  readonly lastTransitionTime?: string | null
  readonly message?: string
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface APIServiceSpec {
  readonly caBundle?: string
  readonly group?: string
  readonly groupPriorityMinimum: number
  readonly insecureSkipTLSVerify?: boolean
  readonly service?: ServiceReference
  readonly version?: string
  readonly versionPriority: number
}

export interface APIServiceStatus {
  readonly conditions?: ReadonlyArray<APIServiceCondition>
}

export interface ServiceReference {
  readonly name?: string
  readonly namespace?: string
  readonly port?: number
}

/** Field tables of io.k8s.kube-aggregator.pkg.apis.apiregistration.v1. */
export const apiregistrationSchema: SchemaGroup = defineGroup(
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1',
  'v1',
  [metaSchema],
  {
    APIService: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: always(ref('APIServiceSpec')),
        status: always(ref('APIServiceStatus')),
      }),
    APIServiceCondition: () =>
      message({
        lastTransitionTime: always(time),
        message: string,
        reason: string,
        status: required(always(named('v1.ConditionStatus'))),
        type: required(always(named('v1.APIServiceConditionType'))),
      }),
    APIServiceSpec: () =>
      message({
        caBundle: bytes,
        group: string,
        groupPriorityMinimum: required(always(int32)),
        insecureSkipTLSVerify: boolean,
        service: ref('ServiceReference'),
        version: string,
        versionPriority: required(always(int32)),
      }),
    APIServiceStatus: () =>
      message({ conditions: merge('merge', mapList(ref('APIServiceCondition'), 'type'), 'type') }),
    ServiceReference: () => message({ name: string, namespace: string, port: pointer(int32) }),
  },
)
