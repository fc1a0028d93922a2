import type { AdmissionPlugin } from '../ports.js'
import { namespaceLifecycle } from './namespace-lifecycle.js'

/** The admission plugins of this server, in kube-apiserver's order (pkg/kubeapiserver/options/plugins.go). */
export function defaultAdmission(): readonly AdmissionPlugin[] {
  return [namespaceLifecycle]
}
