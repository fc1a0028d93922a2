import { forbidden, type FieldError } from '../../field-error.js'
import { validateLabels } from '../../meta/label-validation.js'
import type { ObjectMeta } from '../../meta/generated.js'
import { validateAnnotations } from '../../meta/validation.js'
import { wasSentEmpty } from '../../schema/sent-empty.js'

/** Fields of metadata that a template must not have, with upstream's name where it differs. */
const metaFields: readonly (readonly [field: keyof ObjectMeta, shown?: string])[] = [
  ['name'],
  ['generateName'],
  ['namespace'],
  ['selfLink'],
  ['uid', 'uID'],
  ['resourceVersion'],
  ['generation'],
  ['creationTimestamp'],
  ['deletionTimestamp'],
  ['deletionGracePeriodSeconds'],
  ['ownerReferences'],
  ['finalizers'],
  ['managedFields'],
]

/**
 * Validates the metadata of a template of claims: labels and annotations only. Source:
 * ValidateTemplateObjectMeta.
 */
export function validateTemplateMetadata(metadata: ObjectMeta, path: string, errors: FieldError[]): void {
  errors.push(...validateAnnotations(metadata.annotations, `${path}.annotations`))
  errors.push(...validateLabels(metadata.labels, `${path}.labels`))
  for (const [field, shown = field] of metaFields) {
    const isSet = (metadata[field] ?? undefined) !== undefined || wasSentEmpty(metadata, field)
    if (isSet) errors.push(forbidden(`${path}.${shown}`, 'cannot be set'))
  }
}
