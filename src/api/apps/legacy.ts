import type { Draft } from '../kind/draft.js'
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from './generated.js'
import type { DaemonSetInput, DeploymentInput } from './inputs.js'

/** Until v1.16 the beta versions of the workloads had more, and other, defaults than apps/v1. */

/** The value for "no limit" of two fields that have no default in extensions/v1beta1. */
const unlimited = 2 ** 31 - 1

type Selecting =
  | Draft<DeploymentInput>['spec']
  | Draft<DaemonSetInput>['spec']
  | Draft<Deployment>['spec']
  | Draft<ReplicaSet>['spec']
  | Draft<DaemonSet>['spec']
  | Draft<StatefulSet>['spec']

/** The default selector selects the template's labels. */
function setSelectorDefault(spec: Selecting): void {
  const { labels } = spec.template.metadata ?? {}
  if (spec.selector === undefined && labels !== undefined) {
    ;(spec as { selector?: object }).selector = { matchLabels: { ...labels } }
  }
}

/**
 * extensions/v1beta1 Deployment: one pod more or less at a time, no deadline, all history. apps/v1 defaults
 * fill in the rest.
 */
export function setExtensionsDeploymentDefaults({ spec }: Draft<DeploymentInput>): void {
  setSelectorDefault(spec)
  spec.strategy ??= {}
  spec.strategy.type ??= 'RollingUpdate'
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {}
    spec.strategy.rollingUpdate.maxUnavailable ??= 1
    spec.strategy.rollingUpdate.maxSurge ??= 1
  }
  spec.revisionHistoryLimit ??= unlimited
  spec.progressDeadlineSeconds ??= unlimited
}

/** apps/v1beta1 Deployment keeps two old sets. */
export function setBetaDeploymentDefaults({ spec }: Draft<Deployment>): void {
  setSelectorDefault(spec)
  spec.revisionHistoryLimit ??= 2
}

/** extensions/v1beta1 DaemonSet changes pods only when they are deleted. */
export function setExtensionsDaemonSetDefaults({ spec }: Draft<DaemonSetInput>): void {
  setSelectorDefault(spec)
  spec.updateStrategy ??= {}
  spec.updateStrategy.type ??= 'OnDelete'
}

/** extensions/v1beta1 ReplicaSet. */
export function setExtensionsReplicaSetDefaults({ spec }: Draft<ReplicaSet>): void {
  setSelectorDefault(spec)
}

/** apps/v1beta1 StatefulSet changes pods only when they are deleted. */
export function setBetaStatefulSetDefaults({ spec }: Draft<StatefulSet>): void {
  setSelectorDefault(spec)
  spec.updateStrategy.type ??= 'OnDelete'
}
