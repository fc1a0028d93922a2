export { checkInvariants } from './check-invariants.js'
export type { InvariantOptions } from './check-invariants.js'
export { guardInvariants } from './guard-invariants.js'
export type { InvariantGuard } from './guard-invariants.js'
export { InvariantError } from './invariant-error.js'
export type { ViolationPlace } from './invariant-error.js'
export { referenceTo } from './invariant.js'
export type { Finding, Invariant, ObjectReference, Observer, Violation } from './invariant.js'
export { invariants } from './invariants/index.js'
export type { StoredObjects } from './stored-objects.js'
export { aimRequest, rbacArbitraries, rbacVocabulary } from './rbac/index.js'
export type {
  AnyRbacObject,
  ArbitraryUser,
  FastCheck,
  RbacArbitraries,
  RbacScenario,
  RbacVocabulary,
} from './rbac/index.js'
export { runEscalation } from './rbac/run-escalation.js'
export type { EscalationOutcome, StepAnswer } from './rbac/run-escalation.js'
export { netpolArbitraries, netpolManifest, netpolVocabulary } from './netpol/index.js'
export type {
  NetpolArbitraries,
  NetpolArbitraryOptions,
  NetpolScenario,
  NetpolVocabulary,
} from './netpol/index.js'
