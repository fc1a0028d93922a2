import * as z from 'zod/mini'
import {
  anyObject,
  argumentsCheck,
  callable,
  shaped,
  text,
  word,
  type ArgumentCheck,
} from '../api/checked-input.js'

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
const positive = z.custom<number>(
  (value) => typeof value === 'number' && value > 0 && Number.isFinite(value),
  'must be a number of seconds above 0',
)
const pictureOptions = {
  title: word,
  namespaces: z.optional(z.array(z.string())),
  lang: z.optional(z.enum(['en', 'ko'])),
  size: z.optional(z.enum(['whole', 'slide'])),
}
const picture = z.strictObject(pictureOptions)

/** Checks the arguments of `toSvg()`. */
export const checkSvg: (args: readonly unknown[]) => void = argumentsCheck(
  'toSvg()',
  "toSvg(viewOf(cluster), { title: 'after the crash', namespaces: ['shop'] })",
  () => ({ view, options: picture }),
)

/** Checks the arguments of `toAnimatedSvg()`. */
export const checkAnimated: (args: readonly unknown[]) => void = argumentsCheck(
  'toAnimatedSvg()',
  'toAnimatedSvg(recording.views(), { seconds: 2 })',
  () => ({
    views: z.array(view),
    options: z.strictObject({ ...pictureOptions, seconds: z.optional(positive) }),
  }),
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
  () => ({ cluster, options: z.strictObject({ maxFrames: z.optional(atLeastTwo) }) }),
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

/** Checks the argument of `viewOfNetwork()`. */
export const checkNetworkViewed: ArgumentCheck = argumentsCheck(
  'viewOfNetwork()',
  'viewOfNetwork(cluster)',
  () => ({ cluster }),
)

/** Checks the argument of `viewOfCertificates()`. */
export const checkCertificatesViewed: ArgumentCheck = argumentsCheck(
  'viewOfCertificates()',
  'viewOfCertificates(cluster)',
  () => ({ cluster: z.looseObject({ now: callable(), pki: anyObject() }) }),
)

/** Checks the arguments of `viewOfHandshake()`. */
export const checkHandshakeViewed: ArgumentCheck = argumentsCheck(
  'viewOfHandshake()',
  "viewOfHandshake(cluster, { from: 'kube-scheduler', to: 'kube-apiserver' })",
  () => ({
    cluster: z.looseObject({ now: callable(), pki: anyObject() }),
    options: z.strictObject({ from: text, to: z.optional(z.enum(['kube-apiserver', 'etcd'])) }),
  }),
)

/** Checks the arguments of `viewOfPeers()`. */
export const checkPeersViewed: ArgumentCheck = argumentsCheck(
  'viewOfPeers()',
  "viewOfPeers(cluster, 'shop/db')",
  () => ({ cluster, name: text }),
)

/** Checks the arguments of `viewOfRollout()`. */
export const checkRolloutViewed: ArgumentCheck = argumentsCheck(
  'viewOfRollout()',
  "viewOfRollout(cluster, 'shop/web')",
  () => ({ cluster, name: text }),
)

/** Checks the arguments of `viewOfService()`. */
export const checkServiceViewed: ArgumentCheck = argumentsCheck(
  'viewOfService()',
  "viewOfService(cluster, 'shop/web')",
  () => ({ cluster, name: text }),
)

/** Checks the argument of `viewOfConnection()`. */
export const checkConnectionViewed: ArgumentCheck = argumentsCheck(
  'viewOfConnection()',
  "viewOfConnection(cluster.network.connect({ from: 'default/web', to: 'default/db', port: 6379 }))",
  () => ({
    connection: z.looseObject({ outcome: text, connected: z.boolean(), proof: z.array(anyObject()) }),
  }),
)

/** Checks the argument of `viewOfPolicies()`. */
export const checkPoliciesViewed: ArgumentCheck = argumentsCheck(
  'viewOfPolicies()',
  'viewOfPolicies(evaluate(world, connection))',
  () => ({
    verdict: z.looseObject({ allowed: z.boolean(), proof: z.looseObject({ connection: anyObject() }) }),
  }),
)

/** Checks the arguments of `viewOfAccess()`. */
export const checkAccessViewed: ArgumentCheck = argumentsCheck(
  'viewOfAccess()',
  "viewOfAccess(cluster.can('jane', 'list', 'pods'), 'may jane list pods?')",
  () => ({
    verdict: z.looseObject({ allowed: z.boolean(), proof: z.looseObject({ kind: text }) }),
    title: word,
  }),
)

/** Checks the arguments of `diff()`. */
export const checkDiff: ArgumentCheck = argumentsCheck(
  'diff()',
  'diff(viewOf(before), viewOf(after))',
  () => {
    const aView = z.custom(
      (value) => typeof value === 'object' && value !== null && 'nodes' in value && 'pending' in value,
      'must be a view of a cluster: viewOf(cluster)',
    )
    return { a: aView, b: aView }
  },
)

/** Checks the argument of `recording.goTo()`. */
export const checkFrame: ArgumentCheck = argumentsCheck(
  'goTo()',
  'recording.goTo(recording.frames.length - 1)',
  () => ({ index: z.number() }),
)
