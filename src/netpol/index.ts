/** `simcluster/netpol`: network policies on plain objects. */
export { evaluate, evaluateModel } from './evaluate.js'
export { compileWorld, CompiledWorld } from './compile/compiled-world.js'
export type { PolicyName } from './compile/live-model.js'
export { reachability, Reachability } from './reachability/reachability.js'
export type { ReachabilityVerdict } from './reachability/render.js'
export type { ReachabilityJson, ReachabilityOptions } from './reachability/reachability.js'
export type { ReachabilityGroup } from './reachability/group.js'
export type { PortClass, PortSpan, PortWanted } from './reachability/ports.js'
export { explainConnection } from './explain/explain-verdict.js'
export type { ConnectionExplanation, ExplainConnectionOptions } from './explain/explain-verdict.js'
export type { LabelChange } from './explain/label-changes.js'
export type { Removal } from './explain/removals.js'
export { analysePolicies } from './compare/analyse.js'
export type { PolicyAnalysis, PolicyPart } from './compare/analyse.js'
export { lintPolicies } from './lint.js'
export type { LintFinding } from './lint.js'
export { formatChanges, policyChanges } from './compare/changes.js'
export type { Decider, PolicyChange, PolicyChanges } from './compare/changes.js'
export { StepLimitError } from './compare/budget.js'
export type { StepOptions } from './compare/budget.js'
export { compare } from './compare/compare.js'
export type { CompareOptions, Comparison, CounterConnection, Relation } from './compare/compare.js'
export { checkReachedOnlyBy } from './compare/reached-only-by.js'
export type { ReachClaim, ReachVerdict } from './compare/reached-only-by.js'
export { networkPolicyApiDefinitions } from './crds/index.js'
export { proofErrors } from './proof-errors.js'
export { formatProof } from './format-proof.js'
export type { Language, LanguageOptions } from '../lang/text/phrases.js'
export { parseConnection } from './parse-connection.js'
export { readWorld } from './read/world.js'
export { readNamespace, readNode, readPod } from './read/objects.js'
export { readPolicy } from './read/policy.js'
export { resolveConnection } from './endpoint.js'
export type { End, ResolvedConnection } from './endpoint.js'
export type {
  RuleAction,
  Block,
  ClusterPolicyKind,
  ClusterPolicyModel,
  ClusterRule,
  Direction,
  Model,
  NamedPort,
  NetworkPolicyModel,
  NodeModel,
  Peer,
  PodModel,
  PolicyModel,
  PortMatch,
  RuleMatch,
  Selector,
} from './model.js'
export { resolveOptions } from './options.js'
export type { NetpolOptions, ResolvedOptions } from './options.js'
export type {
  PolicyQuery,
  EndpointRef,
  Protocol,
  World,
  WorldContainer,
  WorldMeta,
  WorldNamespace,
  WorldNode,
  WorldPod,
  WorldPolicy,
  WorldPort,
  WorldService,
} from './world.js'
export type {
  Because,
  ConnectionProof,
  EndProof,
  PolicyProof,
  Proof,
  RuleProof,
  SideProof,
  TierProof,
  Trial,
  ConnectionVerdict,
} from './proof.js'
export { worldOf } from './world-of.js'
export type { StoredSource } from '../api/kind/stored-source.js'
export type { PolicySource, WorldSource } from './world-of.js'
export { WorldError } from './world-error.js'
