import { forbidden, type FieldError } from '../../field-error.js'
import { validateLabels } from '../../meta/label-validation.js'
import { validateAnnotations } from '../../meta/validation.js'
import type { PodTemplateSpec } from '../generated.js'
import { validatePodAnnotations, validateProfileAnnotations } from '../validation/pod-annotations.js'
import { validatePodSpec } from '../validation/pod-spec.js'

/** Validates a pod template at any path. Source: pkg/apis/core/validation ValidatePodTemplateSpec. */
export function validatePodTemplate(
  { metadata, spec }: PodTemplateSpec,
  path: string,
  errors: FieldError[],
): void {
  validatePodTemplateMeta({ metadata, spec } as PodTemplateSpec, path, errors)
  const own = spec ?? { containers: [] }
  validatePodSpec(own, `${path}.spec`, errors)
  if (metadata?.annotations !== undefined)
    validateProfileAnnotations({ metadata, spec: own }, errors, `${path}.spec`)
  if ((spec?.ephemeralContainers ?? []).length > 0) {
    errors.push(
      forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'),
    )
  }
}

/** Validates the labels and annotations of a pod template. Source: ValidatePodTemplateSpecForStatefulSet. */
export function validatePodTemplateMeta(
  { metadata, spec }: PodTemplateSpec,
  path: string,
  errors: FieldError[],
): void {
  errors.push(...validateLabels(metadata?.labels, `${path}.labels`))
  errors.push(...validateAnnotations(metadata?.annotations, `${path}.annotations`))
  if (metadata?.annotations !== undefined)
    validatePodAnnotations(metadata.annotations, spec ?? { containers: [] }, `${path}.annotations`, errors)
}
