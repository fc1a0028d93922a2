import type { GatedRequest } from '../../cluster/compose/request-gate.js'
import type { Choice, RequestFault } from './choice.js'

/** A request that a step has sent. */
export interface SentRequest extends GatedRequest {
  /** Virtual ms at which it was sent, and its number among what happens in the run. */
  time: number
  order: number
  /** The name that the server generated. */
  generated?: string
  /** What befell it. */
  faults?: readonly RequestFault[]
  /** How it ended, if not well: `409 Conflict`, `executed, but its response is lost`. */
  failed?: string
  /** Whether a write changed nothing. */
  idle?: boolean
  /** Whether something else could have run before it was sent, and before its response arrived. */
  othersBefore?: boolean
  othersAfter?: boolean
}

/** A step that was run. */
export interface StepRecord {
  /** Its number among what happens in the run. */
  readonly order: number
  readonly at: number
  /** Virtual ms. */
  readonly time: number
  readonly step: string
  readonly owner: string
  readonly requests: readonly SentRequest[]
  /** Whether it ran while a request of another step waited. */
  readonly isNested?: boolean
  /** What the caches of its component did not show as it was, in words, for a story. */
  readonly view?: string
}

/** A choice that was made, or an action that was done when it is done by default. */
export interface ChoiceRecord {
  /** Its number among what happens in the run. */
  readonly order: number
  /** Virtual ms. */
  readonly time: number
  readonly choice: Choice
}

/** What a run tells its observer, in the order in which it happens. */
export type RunRecord = StepRecord | ChoiceRecord

/** Whether a request changes something, or wants to. */
export const isWrite = ({ verb }: Pick<GatedRequest, 'verb'>): boolean =>
  verb !== 'get' && verb !== 'list' && verb !== 'watch'

/** Returns a request in words: `update configmaps default/gadget`, `create configmaps in default`. */
export function textOf({ verb, resource, subresource, namespace, name }: GatedRequest): string {
  const path = [resource, subresource].filter(Boolean).join('/')
  if (name === undefined) return `${verb} ${path}${namespace === undefined ? '' : ` in ${namespace}`}`
  return `${verb} ${path} ${[namespace, name].filter(Boolean).join('/')}`
}
