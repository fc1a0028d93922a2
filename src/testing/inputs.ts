import * as z from 'zod/mini'
import {
  anyObject,
  argumentsCheck,
  callable,
  flag,
  shaped,
  text,
  type ArgumentCheck,
} from '../api/checked-input.js'
import { aCluster } from '../cluster/inputs/a-cluster.js'
import { optionSchema } from '../cluster/compose/option-schema.js'

const invariants = z.optional(z.array(z.looseObject({ name: text })))
/** The library fast-check. */
export const fastCheck: z.ZodMiniType = shaped(
  z.custom(
    (value) => typeof value === 'object' && value !== null && 'property' in value,
    "must be fast-check: import * as fc from 'fast-check'",
  ),
)

/** Checks the arguments of `preparedCluster()` and `clusterTest()`. */
export const checkPrepared: ArgumentCheck = argumentsCheck(
  'preparedCluster()',
  'preparedCluster({ nodes: 3 }, (cluster) => cluster.apply(manifest))',
  () => ({ options: optionSchema(), prepare: callable() }),
)

/** Checks the arguments of `checkInvariants()`. */
export const checkInvariantInput: ArgumentCheck = argumentsCheck(
  'checkInvariants()',
  'checkInvariants(cluster, { invariants: [noOrphans] })',
  () => ({ cluster: aCluster, options: z.optional(z.strictObject({ invariants })) }),
)

/** Checks the arguments of `guardInvariants()`. */
export const checkGuard: ArgumentCheck = argumentsCheck(
  'guardInvariants()',
  'guardInvariants(cluster)',
  () => ({ cluster: aCluster, options: z.strictObject({ invariants }) }),
)

/** Checks the arguments of `runHistory()`. */
export const checkHistory: ArgumentCheck = argumentsCheck(
  'runHistory()',
  "runHistory(cluster, [{ do: 'crash', node: 0 }], { atEnd: (end) => end.summary() })",
  () => ({
    cluster: aCluster,
    history: z.array(z.looseObject({ do: text })),
    options: z.strictObject({ invariants, atEnd: z.optional(callable()) }),
  }),
)

/** Checks the arguments of `arbitraries(fc).netpol()`. */
export const checkNetpol: ArgumentCheck = argumentsCheck(
  'arbitraries(fc).netpol()',
  'arbitraries(fc).netpol({ unknownEntries: false })',
  () => ({
    fc: fastCheck,
    options: z.strictObject({ vocabulary: z.optional(anyObject()), unknownEntries: flag }),
  }),
)

/** Checks the arguments of `arbitraries(fc).objects()`. */
export const checkObjects: ArgumentCheck = argumentsCheck(
  'arbitraries(fc).objects()',
  "arbitraries(fc).objects('apps/v1', 'Deployment', { base: { spec: { replicas: 1 } } })",
  () => ({
    fc: fastCheck,
    apiVersion: text,
    kind: text,
    options: z.strictObject({ cluster: z.optional(aCluster), base: z.optional(anyObject()) }),
  }),
)

/** Checks what `toHaveEvent` is given. */
export const checkEvent: ArgumentCheck = argumentsCheck(
  'toHaveEvent()',
  "expect(cluster).toHaveEvent({ reason: 'BackOff', about: 'shop/web' })",
  () => ({
    event: z.strictObject({
      reason: z.optional(z.string()),
      type: z.optional(z.enum(['Normal', 'Warning'])),
      message: z.optional(z.union([z.string(), z.instanceof(RegExp)])),
      about: z.optional(z.string()),
    }),
  }),
)

/** Checks what `toHaveCondition` is given. */
export const checkCondition: ArgumentCheck = argumentsCheck(
  'toHaveCondition()',
  "expect(cluster).toHaveCondition('pods', 'shop/web', 'Ready', 'False')",
  () => ({ type: text, status: z.enum(['True', 'False', 'Unknown']) }),
)

/** Checks what `toBeScheduledOn` is given. */
export const checkScheduledOn: ArgumentCheck = argumentsCheck(
  'toBeScheduledOn()',
  "expect(cluster).toBeScheduledOn('shop/web', 'node-1')",
  () => ({ node: text }),
)

/** Checks what `toBeAbleTo` is given. */
export const checkAble: ArgumentCheck = argumentsCheck(
  'toBeAbleTo()',
  "expect(cluster.as('jane')).toBeAbleTo('list', 'pods', { namespace: 'shop' })",
  () => ({
    verb: text,
    resource: text,
    scope: z.strictObject({
      namespace: z.optional(z.string()),
      name: z.optional(z.string()),
      subresource: z.optional(z.string()),
    }),
  }),
)

/** Checks the arguments of `failureReport()`. */
export const checkReport: ArgumentCheck = argumentsCheck('failureReport()', 'failureReport(cluster)', () => ({
  cluster: aCluster,
}))

/** Checks the arguments of `arbitraries()`. */
export const checkFastCheck: ArgumentCheck = argumentsCheck(
  'arbitraries()',
  "arbitraries(fc), after import * as fc from 'fast-check'",
  () => ({ fc: fastCheck }),
)

/** Checks the arguments of `performAction()`. */
export const checkAction: ArgumentCheck = argumentsCheck(
  'performAction()',
  "performAction(cluster, { do: 'crash', node: 0 })",
  () => ({ cluster: aCluster, action: z.looseObject({ do: text }) }),
)

/** Checks the arguments of `arbitraries(fc).rbac()`; `words` are the keys of the vocabulary. */
export const checkRbac = (words: readonly string[]): ArgumentCheck =>
  argumentsCheck('arbitraries(fc).rbac()', "arbitraries(fc).rbac({ users: ['jane'] })", () => ({
    fc: fastCheck,
    options: z.strictObject(
      Object.fromEntries(words.map((word) => [word, z.optional(z.array(z.unknown()))])),
    ),
  }))

/** Checks the arguments of `runEscalation()`. */
export const checkEscalation: ArgumentCheck = argumentsCheck(
  'runEscalation()',
  "runEscalation(cluster, { user: 'jane' }, escalationPaths(cluster, { user: 'jane' })[0])",
  () => ({
    cluster: aCluster,
    subject: z.strictObject({ user: text, groups: z.optional(z.array(z.string())) }),
    path: z.looseObject({ gains: anyObject() }),
  }),
)

const actionTexts = z.array(text).check(z.minLength(1))

/** Checks the arguments of `whatIf()`. */
export const checkWhatIf: ArgumentCheck = argumentsCheck(
  'whatIf()',
  "whatIf(cluster, ['crash node-1', 'advance 10m'])",
  () => ({ cluster: aCluster, actions: actionTexts }),
)

/** Checks the arguments of `scenarios()`. */
export const checkScenarios: ArgumentCheck = argumentsCheck(
  'scenarios()',
  "scenarios(cluster, { each: 'node', pairs: true })",
  () => ({
    cluster: aCluster,
    options: z.strictObject({
      each: z.enum(['node', 'zone']),
      pairs: flag,
      actions: z.optional(actionTexts),
    }),
  }),
)

/** Checks the arguments of `planUpgrade()`. */
export const checkPlan: ArgumentCheck = argumentsCheck(
  'planUpgrade()',
  "planUpgrade(readFileSync('web.yaml', 'utf8'), { from: 'v1.24', to: 'v1.35' })",
  () => ({
    source: z.union([
      z.string(),
      z.array(
        z.strictObject({ path: z.string(), text: z.string(), builtFrom: z.optional(z.array(anyObject())) }),
      ),
      aCluster,
    ]),
    options: z.strictObject({ from: text, to: z.optional(text) }),
  }),
)

/** Checks the arguments of `rehearseUpgrade()`. */
export const checkRehearsal: ArgumentCheck = argumentsCheck(
  'rehearseUpgrade()',
  "rehearseUpgrade(cluster, { to: 'v1.35' })",
  () => ({ cluster: aCluster, options: z.strictObject({ to: z.optional(text) }) }),
)

/** Checks the arguments of `aimRequest()`. */
export const checkAimed: ArgumentCheck = argumentsCheck(
  'aimRequest()',
  "aimRequest([role, binding], { user: 'jane', verb: 'get', resource: 'pods' }, 0)",
  () => ({
    objects: z.array(z.looseObject({ metadata: anyObject() })),
    request: z.strictObject({
      verb: text,
      apiGroup: z.optional(z.string()),
      resource: z.optional(z.string()),
      subresource: z.optional(z.string()),
      name: z.optional(z.string()),
      namespace: z.optional(z.string()),
      path: z.optional(z.string()),
      user: z.string(),
      groups: z.optional(z.array(z.string())),
    }),
    at: z.number(),
  }),
)

/** Checks the argument of `netpolManifest()`. */
export const checkPrinted: ArgumentCheck = argumentsCheck('netpolManifest()', 'netpolManifest(world)', () => {
  const list = z.optional(z.array(anyObject()))
  const world = {
    namespaces: list,
    nodes: list,
    pods: list,
    services: list,
    policies: list,
    domains: z.optional(anyObject()),
  }
  return {
    value: z.union([
      z.array(anyObject()),
      z.looseObject({ kind: text, metadata: anyObject() }),
      z.strictObject({
        world: z.strictObject(world),
        options: z.optional(anyObject()),
        connection: anyObject(),
      }),
      z.strictObject(world),
    ]),
  }
})

/** Checks the arguments of `referenceTo()`. */
export const checkReferred: ArgumentCheck = argumentsCheck(
  'referenceTo()',
  "referenceTo('pods', pod)",
  () => ({ resource: text, object: z.looseObject({ metadata: anyObject() }) }),
)

/** Checks the argument of `stored.list()`. */
export const checkListed: ArgumentCheck = argumentsCheck('list()', "stored.list('pods')", () => ({
  resource: text,
}))

/** Checks the argument of `stored.isControllerRunning()`. */
export const checkController: ArgumentCheck = argumentsCheck(
  'isControllerRunning()',
  "stored.isControllerRunning('deployment-controller')",
  () => ({ controller: text }),
)

/** Checks the argument of `stored.each()`. */
export const checkEach: ArgumentCheck = argumentsCheck(
  'each()',
  'stored.each((resource, object) => found.push(object))',
  () => ({ look: callable() }),
)

/** Checks the argument of `arbitraries(fc).netpol().connectionIn()`. */
export const checkWorld: ArgumentCheck = argumentsCheck(
  'connectionIn()',
  'arbitraries(fc).netpol().connectionIn(world)',
  () => ({ world: z.looseObject({ pods: z.array(anyObject()) }) }),
)
