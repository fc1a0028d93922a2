// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { EventSourceInput, ObjectReferenceInput } from '../core/inputs.js'
import type { ObjectMetaInput } from '../meta/inputs.js'

/** A {@link Event} as clients send it. */
export interface EventInput {
  readonly action?: string | undefined
  readonly apiVersion?: string | undefined
  readonly deprecatedCount?: number | undefined
  readonly deprecatedFirstTimestamp?: string | null | undefined
  readonly deprecatedLastTimestamp?: string | null | undefined
  readonly deprecatedSource?: EventSourceInput | undefined
  readonly eventTime?: string | null
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly note?: string | undefined
  readonly reason?: string | undefined
  readonly regarding?: ObjectReferenceInput | undefined
  readonly related?: ObjectReferenceInput | undefined
  readonly reportingController?: string | undefined
  readonly reportingInstance?: string | undefined
  readonly series?: EventSeriesInput | undefined
  readonly type?: string | undefined
}

/** A {@link EventSeries} as clients send it. */
export interface EventSeriesInput {
  readonly count: number
  readonly lastObservedTime?: string | null
}
