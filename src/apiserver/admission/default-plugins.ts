import { InputError } from '../../lang/input-error.js'
import { nearest } from '../../lang/text/nearest.js'
import type { Minor } from '../../api/releases.js'
import type { AdmissionPlugin } from './plugin.js'
import { alwaysPullImages } from './always-pull-images.js'
import {
  certificateApproval,
  certificateRequests,
  certificateSigning,
  certificateSubjectRestriction,
} from './certificates.js'
import { defaultIngressClass } from './default-ingress-class.js'
import { defaultStorageClass } from './default-storage-class.js'
import { defaultTolerationSeconds } from './default-toleration-seconds.js'
import { limitRanger } from './limit-ranger.js'
import { namespaceLifecycle } from './namespace-lifecycle.js'
import { nodeRestriction } from './node-restriction/index.js'
import { ownerReferences } from './owner-references.js'
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize.js'
import { podSecurity } from './pod-security.js'
import { podTopologyLabels } from './pod-topology-labels.js'
import { priority } from './priority.js'
import { resourceQuota } from './resource-quota.js'
import { runtimeClass } from './runtime-class.js'
import { serviceAccount } from './service-account.js'
import { storageObjectInUseProtection } from './storage-object-in-use-protection.js'
import { taintNodesByCondition } from './taint-nodes-by-condition.js'

/** First minor with PodTopologyLabels on by default. */
const POD_TOPOLOGY_LABELS_SINCE: Minor = 35
/** First minor with PodSecurity on by default. */
const POD_SECURITY_SINCE: Minor = 23

/** Plugins that are on only if they are enabled by name. */
const OFF_BY_DEFAULT: readonly string[] = [alwaysPullImages.name, ownerReferences.name]

/** `--enable-admission-plugins` and `--disable-admission-plugins`, by name. */
export interface AdmissionChoice {
  readonly enable?: readonly string[]
  readonly disable?: readonly string[]
}

function unknownPlugin(name: string, known: readonly string[]): InputError {
  const meant = nearest(name, known)
  const hint =
    meant === undefined ? `there are: ${known.join(', ')}` : `did you mean ${JSON.stringify(meant)}?`
  return new InputError(
    `new SimCluster(): admission.enable: there is no admission plugin ${JSON.stringify(name)} (${hint}). ` +
      "Write for example: { disable: ['NodeRestriction'], admission: { enable: ['AlwaysPullImages'] } }",
  )
}

/**
 * Returns the plugins of a server of that minor: the default ones, as far as they exist here, and
 * NodeRestriction, which kubeadm adds; in kube-apiserver's order (pkg/kubeapiserver/options/plugins.go).
 * `extensions` are the policies and webhooks, which run just before the quota.
 * @throws InputError for an unknown plugin
 */
export function defaultAdmission(
  minor: Minor,
  extensions: readonly AdmissionPlugin[] = [],
  { enable = [], disable = [] }: AdmissionChoice = {},
): readonly AdmissionPlugin[] {
  const all = [
    namespaceLifecycle,
    limitRanger,
    serviceAccount,
    nodeRestriction(minor),
    taintNodesByCondition,
    alwaysPullImages,
    ...(minor >= POD_SECURITY_SINCE ? [podSecurity(minor)] : []),
    priority,
    defaultTolerationSeconds,
    defaultStorageClass,
    storageObjectInUseProtection,
    ownerReferences,
    persistentVolumeClaimResize,
    runtimeClass,
    certificateApproval,
    certificateSigning,
    certificateSubjectRestriction,
    defaultIngressClass,
    ...(minor >= POD_TOPOLOGY_LABELS_SINCE ? [podTopologyLabels] : []),
    ...extensions,
    resourceQuota,
    certificateRequests,
  ]
  const isOn = ({ name }: AdmissionPlugin): boolean =>
    OFF_BY_DEFAULT.includes(name) ? enable.includes(name) : !disable.includes(name) || enable.includes(name)
  const unknown = [...enable, ...disable].find((name) => !all.some((plugin) => plugin.name === name))
  if (unknown !== undefined)
    throw unknownPlugin(
      unknown,
      all.map(({ name }) => name),
    )
  return all.filter(isOn)
}
