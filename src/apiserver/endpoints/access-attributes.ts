/**
 * What the attributes of an access review ask for, and what is wrong with them. Source:
 * pkg/apis/authorization/validation.
 */
import type {
  FieldSelectorAttributes,
  LabelSelectorAttributes,
  NonResourceAttributes,
  ResourceAttributes,
  SubjectAccessReviewSpec,
} from '../../api/authorization/generated.js'
import type { FieldError } from '../../api/field-error.js'
import { forbidden, invalid, required } from '../../api/field-error.js'
import { qualifiedNameFaults } from '../../api/names.js'
import type { AccessAttributes } from '../authorization/authorizer.js'

type Asked = Pick<SubjectAccessReviewSpec, 'resourceAttributes' | 'nonResourceAttributes'>
interface Requirement {
  readonly key: string
  readonly operator: string
  readonly values?: readonly string[]
}

/** Faults of what is asked: exactly one kind of attributes, selectors in order. */
export function validateAsked({ resourceAttributes, nonResourceAttributes }: Asked): readonly FieldError[] {
  return [...oneOf(resourceAttributes, nonResourceAttributes)]
}

/** Faults of the selectors in resource attributes. */
export function validateSelectors(attributes: ResourceAttributes | undefined): readonly FieldError[] {
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
  if (rawSelector !== '') {
    return requirements.length === 0
      ? []
      : [invalid(`${path}.rawSelector`, rawSelector, 'may not specified at the same time as requirements')]
  }
  if (requirements.length === 0) {
    return [
      required(`${path}.requirements`, `when ${path} is specified, requirements or rawSelector is required`),
    ]
  }
  return requirements.flatMap((each, at) =>
    requirementFaults(each as Requirement, `${path}.requirements[${at}]`, kind),
  )
}

function requirementFaults(
  { key, operator, values = [] }: Requirement,
  path: string,
  kind: 'field' | 'label',
): readonly FieldError[] {
  const errors: FieldError[] = []
  if (kind === 'field') {
    if (key === '') errors.push(required(`${path}.key`, 'must be specified'))
  }
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0)
        errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
      break
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0)
        errors.push(
          forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        )
      break
    default:
      if (kind === 'label')
        errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'))
  }
  if (kind === 'label')
    errors.push(...qualifiedNameFaults(key).map((why) => invalid(`${path}.key`, key, why)))
  return errors
}

/** What an authorizer is asked. */
export function attributesAsked({ resourceAttributes, nonResourceAttributes }: Asked): AccessAttributes {
  if (resourceAttributes === undefined) {
    const { path = '', verb = '' } = nonResourceAttributes ?? {}
    return { path, verb }
  }
  const {
    verb = '',
    group = '',
    version = '',
    resource = '',
    subresource = '',
    namespace = '',
    name = '',
    fieldSelector,
  } = resourceAttributes
  const selector = fieldSelector === undefined ? '' : fieldText(fieldSelector)
  return {
    verb,
    group,
    version,
    resource,
    ...(subresource === '' ? {} : { subresource }),
    ...(namespace === '' ? {} : { namespace }),
    ...(name === '' ? {} : { name }),
    ...(selector === '' ? {} : { fieldSelector: selector }),
  }
}

/**
 * Requirements on one value are what authorizers understand; others are left out, which only asks for more.
 */
function fieldText({ rawSelector = '', requirements = [] }: FieldSelectorAttributes): string {
  if (rawSelector !== '') return rawSelector
  return requirements
    .filter(({ operator, values = [] }) => operator === 'In' && values.length === 1)
    .map(({ key, values = [] }) => `${key}=${(values[0] ?? '').replace(/[\\,=]/g, '\\$&')}`)
    .join(',')
}
