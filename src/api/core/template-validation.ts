import { forbidden, type FieldError } from '../field-error.js'
import { validateLabels } from '../meta/label-validation.js'
import { validateAnnotations } from '../meta/validation.js'
import type { PodTemplateSpec } from './generated.js'
import { validatePodSpec } from './validation/pod-spec.js'

/** Validates a pod template at any path. Source: pkg/apis/core/validation ValidatePodTemplateSpec. */
export function validatePodTemplate(
  { metadata, spec }: PodTemplateSpec,
  path: string,
  errors: FieldError[],
): void {
  errors.push(...validateLabels(metadata?.labels, `${path}.labels`))
  errors.push(...validateAnnotations(metadata?.annotations, `${path}.annotations`))
  validatePodSpec(spec ?? { containers: [] }, `${path}.spec`, errors)
  if ((spec?.ephemeralContainers ?? []).length > 0) {
    errors.push(
      forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'),
    )
  }
}
