import { ageColumn, column, defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { metaSchema } from '../meta/generated.js'
import type { ObjectMeta } from '../meta/generated.js'
import {
  always,
  defineGroup,
  map,
  message,
  pointer,
  quantity,
  ref,
  required,
  string,
  time,
  atomicList,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

/** Resource usage: `cpu` in cores (`12345678n`), `memory` in bytes (`20480Ki`). */
export interface ResourceUse {
  readonly cpu: string
  readonly memory: string
}

/** metrics.k8s.io/v1beta1 NodeMetrics: the usage of a node. */
export interface NodeMetrics {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly timestamp: string
  /** The interval of the measurement: `15s`. */
  readonly window: string
  readonly usage: ResourceUse
}

/** metrics.k8s.io/v1beta1 PodMetrics: the usage of a pod's containers. */
export interface PodMetricsObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly timestamp: string
  readonly window: string
  readonly containers: readonly { readonly name: string; readonly usage: ResourceUse }[]
}

/** Group of the metrics API. */
export const METRICS_GROUP = 'metrics.k8s.io'

/** Field tables of io.k8s.metrics.pkg.apis.metrics.v1beta1. */
export const metricsSchema: SchemaGroup = defineGroup(
  'io.k8s.metrics.pkg.apis.metrics.v1beta1',
  'v1beta1',
  [metaSchema],
  {
    ContainerMetrics: () =>
      message({ name: required(always(string)), usage: required(always(map(quantity))) }),
    NodeMetrics: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        timestamp: required(always(time)),
        window: required(always(string)),
        usage: required(always(map(quantity))),
      }),
    PodMetrics: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        timestamp: required(always(time)),
        window: required(always(string)),
        containers: required(always(atomicList(ref('ContainerMetrics')))),
      }),
  },
)

const common = { group: METRICS_GROUP, version: 'v1beta1', verbs: ['get', 'list'], strategy: {} } as const

/** Served by a metrics-server: nothing of it is stored. */
export const nodeMetricsDefinition: KindDefinition<NodeMetrics> = defineKind<NodeMetrics>({
  ...common,
  kind: 'NodeMetrics',
  resource: 'nodes',
  singular: '',
  namespaced: false,
  storagePrefix: '/registry/metrics.k8s.io/nodes',
  columns: [
    nameColumn(),
    column('cpu', ({ usage }) => usage.cpu),
    column('memory', ({ usage }) => usage.memory),
    column('window', ({ window }) => window),
    ageColumn(),
  ],
})

/** Served by a metrics-server: nothing of it is stored. */
export const podMetricsDefinition: KindDefinition<PodMetricsObject> = defineKind<PodMetricsObject>({
  ...common,
  kind: 'PodMetrics',
  resource: 'pods',
  singular: '',
  namespaced: true,
  storagePrefix: '/registry/metrics.k8s.io/pods',
  columns: [
    nameColumn(),
    column('cpu', ({ containers }) => containers.map(({ usage }) => usage.cpu).join(' ')),
    column('memory', ({ containers }) => containers.map(({ usage }) => usage.memory).join(' ')),
    column('window', ({ window }) => window),
    ageColumn(),
  ],
})
