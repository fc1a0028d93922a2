/** Validation of access reviews. Source: pkg/apis/authorization/validation/validation.go. */
import { type FieldError, invalid, required } from '../field-error.js'
import { internalForm } from '../kind/internal-form.js'
import type { ObjectMeta } from '../meta/generated.js'
import { validateLabelRequirement, validateOperator } from '../meta/label-validation.js'
import type {
  FieldSelectorAttributes,
  LabelSelectorAttributes,
  NonResourceAttributes,
  ResourceAttributes,
  SubjectAccessReviewSpec,
} from './generated.js'

/** What an access review asks for. */
export type Asked = Pick<SubjectAccessReviewSpec, 'resourceAttributes' | 'nonResourceAttributes'>

/** A requirement of a field or label selector. */
export interface SelectorRequirement {
  readonly key: string
  readonly operator: string
  readonly values?: readonly string[]
}

/** Validates what is asked for: exactly one kind of attributes, with valid selectors. */
export function validateAsked({ resourceAttributes, nonResourceAttributes }: Asked): readonly FieldError[] {
  return [...oneOf(resourceAttributes, nonResourceAttributes), ...validateSelectors(resourceAttributes)]
}

/** Validates for whom is asked. */
export function validateSubject({ user = '', groups = [] }: SubjectAccessReviewSpec): readonly FieldError[] {
  return user === '' && groups.length === 0
    ? [invalid('spec.user', user, 'at least one of user or group must be specified')]
    : []
}

/** Validates that the metadata has no other fields than the `allowed` ones and managedFields. */
export function validateMetadata(
  metadata: ObjectMeta,
  allowed: readonly string[],
  why: string,
): readonly FieldError[] {
  const others = Object.keys(metadata).filter((name) => name !== 'managedFields' && !allowed.includes(name))
  return others.length === 0 ? [] : [invalid('metadata', internalForm('meta.v1.ObjectMeta', metadata), why)]
}

function validateSelectors(attributes: ResourceAttributes | undefined): readonly FieldError[] {
  if (attributes === undefined) return []
  const { fieldSelector, labelSelector } = attributes
  const path = 'spec.resourceAttributes'
  return [
    ...(fieldSelector === undefined ? [] : selectorFaults(fieldSelector, `${path}.fieldSelector`, 'field')),
    ...(labelSelector === undefined ? [] : selectorFaults(labelSelector, `${path}.labelSelector`, 'label')),
  ]
}

function oneOf(
  resource: ResourceAttributes | undefined,
  path: NonResourceAttributes | undefined,
): readonly FieldError[] {
  if (resource !== undefined && path !== undefined) {
    const value = { Path: path.path ?? '', Verb: path.verb ?? '' }
    return [
      invalid(
        'spec.nonResourceAttributes',
        value,
        'cannot be specified in combination with resourceAttributes',
      ),
    ]
  }
  if (resource !== undefined || path !== undefined) return []
  return [
    invalid(
      'spec.resourceAttributes',
      null,
      'exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ),
  ]
}

function selectorFaults(
  { rawSelector = '', requirements = [] }: FieldSelectorAttributes | LabelSelectorAttributes,
  path: string,
  kind: 'field' | 'label',
): readonly FieldError[] {
  const errors: FieldError[] = []
  if (rawSelector !== '' && requirements.length > 0) {
    errors.push(
      invalid(`${path}.rawSelector`, rawSelector, 'may not specified at the same time as requirements'),
    )
  }
  if (rawSelector === '' && requirements.length === 0) {
    errors.push(
      required(`${path}.requirements`, `when ${path} is specified, requirements or rawSelector is required`),
    )
  }
  // operators that only newer clients know do not fail a review
  const options = { anyOperator: true }
  const check = kind === 'field' ? validateFieldRequirement : validateLabelRequirement
  requirements.forEach((each, at) =>
    errors.push(...check(each as SelectorRequirement, `${path}.requirements[${at}]`, options)),
  )
  return errors
}

function validateFieldRequirement(
  { key, operator, values }: SelectorRequirement,
  path: string,
  options: { readonly anyOperator: boolean },
): readonly FieldError[] {
  return [
    ...(key === '' ? [required(`${path}.key`, 'must be specified')] : []),
    ...validateOperator(operator, values, path, options),
  ]
}
