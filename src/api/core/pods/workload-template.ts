import type { KubeObject } from '../../kind/definition.js'
import type { ObjectMeta } from '../../meta/generated.js'
import type { PodSpec } from '../generated.js'

/** The template of pods as a manifest has it: what is wrong or missing is not refused yet. */
export interface WorkloadTemplate {
  readonly metadata?: Pick<ObjectMeta, 'labels'>
  readonly spec?: Partial<PodSpec>
}

interface Workload {
  readonly spec?: {
    readonly template?: WorkloadTemplate
    readonly jobTemplate?: { readonly spec?: { readonly template?: WorkloadTemplate } }
  }
}

/**
 * Returns the template from which a workload makes pods, a CronJob through its Jobs; undefined for an object
 * without one, such as a Pod.
 */
export function workloadTemplate(object: KubeObject): WorkloadTemplate | undefined {
  const { spec } = object as Workload
  return spec?.jobTemplate?.spec?.template ?? spec?.template
}
