/** `simcluster/rbac`: role-based access control on plain objects. */
export type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  Subject,
} from '../api/rbac/generated.js'
export { authorize } from './evaluate.js'
export type { AccessQuery, AccessAction } from './evaluate.js'
export { whoCan } from './who-can.js'
export type { Holder, WhoCanOptions } from './who-can.js'
export { proofErrors } from './proof/proof-errors.js'
export { formatProof } from './proof/format-proof.js'
export type { Language, LanguageOptions } from '../lang/text/phrases.js'
export type { ProvenVerdict } from './proof/format-proof.js'
export type {
  AllowedProof,
  BindingName,
  DeniedProof,
  Grant,
  NearMiss,
  PrivilegedProof,
  RoleName,
  FailedGrant,
  AuthorizationVerdict,
} from './proof/proof.js'
export type { RuleFault } from './rules.js'
export { hasRights, missingRights } from './covers.js'
export { aggregatedRules } from '../api/rbac/aggregation.js'
export { accessChanges } from './changes.js'
export type { AccessChange } from './changes.js'
export { aggregatedPolicy, bootstrapPolicy, withDefaultRoles } from './bootstrap-policy/index.js'
export { reconcileBinding, reconcileRole } from './reconcile/reconcile.js'
export type {
  ReconcileBindingOptions,
  ReconciledBinding,
  ReconciledRole,
  ReconcileOperation,
  ReconcileRoleOptions,
} from './reconcile/reconcile.js'
export { compileAccess } from './compile/compile.js'
export type { CompiledAccess } from './compile/compile.js'
export { findEventualAccess } from './paths/could-eventually.js'
export type { EventualAccess } from './paths/could-eventually.js'
export { escalationPaths } from './paths/escalation-paths.js'
export type { EscalationOptions, EscalationSubject } from './paths/escalation-paths.js'
export type { StoredSource } from '../api/kind/stored-source.js'
export type { RbacSource } from './nodes/source.js'
export type {
  CallStep,
  Credential,
  EscalationIdentity,
  EscalationKind,
  EscalationPath,
  EscalationStep,
  ExecStep,
  InPodStep,
} from './paths/path.js'
