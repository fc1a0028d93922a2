import * as z from 'zod/mini'
import { anyObject, argumentsCheck, callable, shaped, word } from '../api/checked-input.js'

const view = shaped(
  z.custom(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      ('nodes' in value || 'roots' in value || 'moments' in value),
    'must be a view: viewOf(cluster)',
  ),
)
const cluster = shaped(
  z.custom(
    (value) => typeof value === 'object' && value !== null && 'state' in value,
    'must be a SimCluster',
  ),
)
const atLeastTwo = z.custom<number>(
  (value) => typeof value === 'number' && Number.isInteger(value) && value >= 2,
  'must be an integer of at least 2',
)
const picture = z.strictObject({ title: word, namespaces: z.optional(z.array(z.string())) })

/** Checks the arguments of `toSvg()`. */
export const checkSvg: (args: readonly unknown[]) => void = argumentsCheck(
  'toSvg()',
  "toSvg(viewOf(cluster), { title: 'after the crash', namespaces: ['shop'] })",
  () => ({ view, options: picture }),
)

/** Checks the arguments of `toText()`. */
export const checkText: (args: readonly unknown[]) => void = argumentsCheck(
  'toText()',
  "toText(viewOf(cluster), { namespaces: ['shop'] })",
  () => ({ view, options: picture }),
)

/** Checks the arguments of `viewOfEvents()`. */
export const checkEvents: (args: readonly unknown[]) => void = argumentsCheck(
  'viewOfEvents()',
  "viewOfEvents(cluster, { namespace: 'shop', since: cluster.now() - 60_000 })",
  () => ({ cluster, options: z.strictObject({ namespace: word, since: z.optional(z.number()) }) }),
)

/** Checks the arguments of `recordFrames()`. */
export const checkRecord: (args: readonly unknown[]) => void = argumentsCheck(
  'recordFrames()',
  'recordFrames(cluster, { maxFrames: 200 })',
  () => ({ cluster: anyObject(), options: z.strictObject({ maxFrames: z.optional(atLeastTwo) }) }),
)

/** Checks the arguments of `viewOf()`. */
export const checkViewed: (args: readonly unknown[]) => void = argumentsCheck(
  'viewOf()',
  'viewOf(cluster)',
  () => ({ cluster }),
)

/** Checks the arguments of `watchView()`. */
export const checkWatched: (args: readonly unknown[]) => void = argumentsCheck(
  'watchView()',
  'watchView(cluster, () => { isStale = true })',
  () => ({ cluster, onChange: callable() }),
)
