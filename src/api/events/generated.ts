// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { coreSchema } from '../core/generated.js'
import { metaSchema } from '../meta/generated.js'
import type { EventSource, ObjectReference } from '../core/generated.js'
import type { ObjectMeta } from '../meta/generated.js'
import {
  always,
  defineGroup,
  int32,
  message,
  microTime,
  pointer,
  ref,
  required,
  string,
  time,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface Event {
  readonly action?: string
  readonly apiVersion?: string
  readonly deprecatedCount?: number
  readonly deprecatedFirstTimestamp?: string | null
  readonly deprecatedLastTimestamp?: string | null
  readonly deprecatedSource: EventSource
  readonly eventTime?: string | null
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly note?: string
  readonly reason?: string
  readonly regarding: ObjectReference
  readonly related?: ObjectReference
  readonly reportingController?: string
  readonly reportingInstance?: string
  readonly series?: EventSeries
  readonly type?: string
}

export interface EventSeries {
  readonly count: number
  readonly lastObservedTime?: string | null
}

/** Field tables of io.k8s.api.events.v1. */
export const eventsSchema: SchemaGroup = defineGroup('io.k8s.api.events.v1', 'v1', [coreSchema, metaSchema], {
  Event: () =>
    message({
      action: string,
      apiVersion: pointer(string),
      deprecatedCount: int32,
      deprecatedFirstTimestamp: always(time),
      deprecatedLastTimestamp: always(time),
      deprecatedSource: always(ref('EventSource')),
      eventTime: required(always(microTime)),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      note: string,
      reason: string,
      regarding: always(ref('ObjectReference')),
      related: ref('ObjectReference'),
      reportingController: string,
      reportingInstance: string,
      series: ref('EventSeries'),
      type: string,
    }),
  EventSeries: () =>
    message({ count: required(always(int32)), lastObservedTime: required(always(microTime)) }),
})
