import { forbidden, type FieldError } from '../field-error.js'
import { validateLabels } from '../meta/label-validation.js'
import { validateAnnotations } from '../meta/validation.js'
import type { PodTemplateSpec } from './generated.js'
import { validatePodAnnotations, validateProfileAnnotations } from './validation/pod-annotations.js'
import { validatePodSpec } from './validation/pod-spec.js'

/** Validates a pod template at any path. Source: pkg/apis/core/validation ValidatePodTemplateSpec. */
export function validatePodTemplate(
  { metadata, spec }: PodTemplateSpec,
  path: string,
  errors: FieldError[],
): void {
  errors.push(...validateLabels(metadata?.labels, `${path}.labels`))
  errors.push(...validateAnnotations(metadata?.annotations, `${path}.annotations`))
  const own = spec ?? { containers: [] }
  if (metadata?.annotations !== undefined)
    validatePodAnnotations(metadata.annotations, own, `${path}.annotations`, errors)
  validatePodSpec(own, `${path}.spec`, errors)
  if (metadata?.annotations !== undefined)
    validateProfileAnnotations({ metadata, spec: own }, errors, `${path}.spec`)
  if ((spec?.ephemeralContainers ?? []).length > 0) {
    errors.push(
      forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'),
    )
  }
}
