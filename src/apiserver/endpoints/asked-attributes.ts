import type { FieldSelectorAttributes, LabelSelectorAttributes } from '../../api/authorization/generated.js'
import type { Asked, SelectorRequirement } from '../../api/authorization/validation.js'
import { parseFieldSelector } from '../../api/selectors/fields.js'
import { parseLabelSelector } from '../../api/selectors/label-parser.js'
import type { AccessAttributes } from '../authorization/authorizer.js'

/** Returns the attributes for the authorizer. */
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
 * Says which selectors the authorizer does not see, or only in part. Source:
 * pkg/registry/authorization/util/helpers.go BuildEvaluationError.
 */
export function ignoredSelectors({
  resourceAttributes: { fieldSelector, labelSelector } = {},
}: Asked): readonly string[] {
  const text = (
    name: string,
    { rawSelector = '', requirements = [] }: Selector,
    reads: Reads,
  ): readonly string[] => {
    const understood = requirements.filter((each) => reads.requirement(each as SelectorRequirement)).length
    const isRead =
      requirements.length > 0
        ? understood === requirements.length
        : rawSelector === '' || reads.raw(rawSelector)
    if (isRead) return []
    return [`spec.resourceAttributes.${name} ${understood > 0 ? 'partially ' : ''}ignored due to parse error`]
  }
  return [
    ...(fieldSelector === undefined ? [] : text('fieldSelector', fieldSelector, readsFields)),
    ...(labelSelector === undefined ? [] : text('labelSelector', labelSelector, readsLabels)),
  ]
}

type Selector = FieldSelectorAttributes | LabelSelectorAttributes
/** Which selectors an authorizer gets to see. */
interface Reads {
  readonly requirement: (requirement: SelectorRequirement) => boolean
  readonly raw: (selector: string) => boolean
}

const readsFields: Reads = {
  requirement: ({ operator, values = [] }) => /^(In|NotIn)$/.test(operator) && values.length === 1,
  raw: (selector) => isParsed(() => parseFieldSelector(selector)),
}

const readsLabels: Reads = {
  requirement: ({ operator }) => /^(In|NotIn|Exists|DoesNotExist)$/.test(operator),
  raw: (selector) => isParsed(() => parseLabelSelector(selector)),
}

function isParsed(parse: () => unknown): boolean {
  try {
    parse()
    return true
  } catch {
    return false
  }
}

/**
 * Returns the requirements that authorizers understand: those on one value. The others are left out, which
 * only makes the question broader.
 */
function fieldText({ rawSelector = '', requirements = [] }: FieldSelectorAttributes): string {
  if (rawSelector !== '') return rawSelector
  return requirements
    .filter(({ operator, values = [] }) => operator === 'In' && values.length === 1)
    .map(({ key, values = [] }) => `${key}=${(values[0] ?? '').replace(/[\\,=]/g, '\\$&')}`)
    .join(',')
}
