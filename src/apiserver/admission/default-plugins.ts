import type { Minor } from '../../api/releases.js'
import type { AdmissionPlugin } from '../ports.js'
import { defaultTolerationSeconds } from './default-toleration-seconds.js'
import { namespaceLifecycle } from './namespace-lifecycle.js'
import { podTopologyLabels } from './pod-topology-labels.js'
import { priority } from './priority.js'
import { serviceAccount } from './service-account.js'
import { taintNodesByCondition } from './taint-nodes-by-condition.js'

/** First minor with PodTopologyLabels on by default. */
const POD_TOPOLOGY_LABELS_SINCE: Minor = 35

/**
 * The admission plugins that a server of that minor has on by default, as far as they exist here, in kube-apiserver's order
 * (pkg/kubeapiserver/options/plugins.go).
 */
export function defaultAdmission(minor: Minor): readonly AdmissionPlugin[] {
  return [
    namespaceLifecycle, serviceAccount, taintNodesByCondition, priority, defaultTolerationSeconds,
    ...(minor >= POD_TOPOLOGY_LABELS_SINCE ? [podTopologyLabels] : []),
  ]
}
