/**
 * Annotations that hold, as JSON, the parts of an autoscaler for which autoscaling/v1 has no fields. Source:
 * pkg/apis/autoscaling/annotations.go.
 */
import type { Labels } from '../selectors/labels.js'
import { decode } from '../schema/decode.js'
import { DecodeError } from '../../lang/json/decode-error.js'
import {
  autoscalingV2Schema,
  type HorizontalPodAutoscalerBehavior,
  type HorizontalPodAutoscalerCondition,
  type HPAScalingRules,
} from '../autoscaling-v2/generated.js'
import { autoscalingV2beta1Schema } from './old-metrics-schema.js'

/** The annotations by their content. */
export const roundTrip = {
  metrics: 'autoscaling.alpha.kubernetes.io/metrics',
  behavior: 'autoscaling.alpha.kubernetes.io/behavior',
  currentMetrics: 'autoscaling.alpha.kubernetes.io/current-metrics',
  conditions: 'autoscaling.alpha.kubernetes.io/conditions',
} as const

const names = new Set<string>(Object.values(roundTrip))

/** Returns the annotations without these, or undefined if none is left. */
export function withoutRoundTrip(annotations: Labels | undefined): Labels | undefined {
  const kept = Object.entries(annotations ?? {}).filter(([name]) => !names.has(name))
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

/** Decodes a list of messages of the old form in an annotation. Invalid ones count as absent. */
export function readList<T>(
  annotations: Labels | undefined,
  annotation: string,
  messageName: string,
): readonly T[] | undefined {
  const message = autoscalingV2beta1Schema.message(messageName)
  return read(annotations, annotation, (value) =>
    Array.isArray(value) && value.length > 0
      ? value.map((item: unknown) => decode<T>(message, item).object)
      : undefined,
  )
}

function read<T>(
  annotations: Labels | undefined,
  annotation: string,
  decodeValue: (value: unknown) => T | undefined,
): T | undefined {
  const text =
    annotations !== undefined && Object.hasOwn(annotations, annotation) ? annotations[annotation] : undefined
  if (text === undefined) return undefined
  try {
    return decodeValue(JSON.parse(text))
  } catch (error) {
    if (error instanceof DecodeError || error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Decodes the behavior, which is in its internal form without JSON names. Go accepts names of any case. */
export function readBehavior(annotations: Labels | undefined): HorizontalPodAutoscalerBehavior | undefined {
  const message = autoscalingV2Schema.message('HorizontalPodAutoscalerBehavior')
  return read(
    annotations,
    roundTrip.behavior,
    (value) => decode<HorizontalPodAutoscalerBehavior>(message, uncapitalized(value)).object,
  )
}

function uncapitalized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(uncapitalized)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key.charAt(0).toLowerCase() + key.slice(1),
      uncapitalized(member),
    ]),
  )
}

/** Returns the text of a behavior in its internal form. */
export function behaviorText({ scaleUp, scaleDown }: HorizontalPodAutoscalerBehavior): string {
  return JSON.stringify({ ScaleUp: rulesAsGo(scaleUp), ScaleDown: rulesAsGo(scaleDown) })
}

function rulesAsGo(rules: HPAScalingRules | undefined): unknown {
  if (rules === undefined) return null
  return {
    StabilizationWindowSeconds: rules.stabilizationWindowSeconds ?? null,
    SelectPolicy: rules.selectPolicy ?? null,
    Policies:
      rules.policies?.map(({ type, value, periodSeconds }) => ({
        Type: type,
        Value: value,
        PeriodSeconds: periodSeconds,
      })) ?? null,
    Tolerance: rules.tolerance ?? null,
  }
}

/** Returns the text of conditions, with the members of Go's struct. */
export function conditionsText(conditions: readonly HorizontalPodAutoscalerCondition[]): string {
  return JSON.stringify(
    conditions.map(({ type, status, lastTransitionTime = null, reason, message }) => ({
      type,
      status,
      lastTransitionTime,
      ...(reason === undefined ? {} : { reason }),
      ...(message === undefined ? {} : { message }),
    })),
  )
}
