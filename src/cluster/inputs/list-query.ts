import { InputError } from '../../lang/input-error.js'
import { selectorText } from '../../api/selectors/labels.js'
import type { LabelSelector } from '../../api/meta/generated.js'
import type { FieldQuery, LabelQuery, ListOptions, ListQuery } from '../../client/client.js'

/** Returns the options of a list as a query string has them. */
export function listOptionsOf(query: ListQuery | undefined): ListOptions | undefined {
  if (query === undefined) return undefined
  const { labelSelector, fieldSelector, ...rest } = query
  const isText = typeof (labelSelector ?? '') === 'string' && typeof (fieldSelector ?? '') === 'string'
  if (isText) return query as ListOptions
  return {
    ...rest,
    ...(labelSelector === undefined ? {} : { labelSelector: labelText(labelSelector) }),
    ...(fieldSelector === undefined ? {} : { fieldSelector: fieldText(fieldSelector) }),
  }
}

/**
 * Returns a selector of labels as text.
 * @throws InputError if it is neither labels nor a LabelSelector
 */
export function labelText(query: LabelQuery): string {
  if (typeof query === 'string') return query
  const selector = isSelector(query) ? query : { matchLabels: query }
  try {
    return selectorText(selector)
  } catch (error) {
    throw new InputError(
      `labelSelector ${JSON.stringify(query)}: ${(error as Error).message}. Write for example: ` +
        "{ labelSelector: { app: 'web' } }",
    )
  }
}

const isSelector = (query: Exclude<LabelQuery, string>): query is LabelSelector =>
  'matchExpressions' in query || typeof query['matchLabels'] === 'object'

function fieldText(query: FieldQuery): string {
  if (typeof query === 'string') return query
  return Object.entries(query)
    .map(([path, value]) => `${path}=${value.replace(/[\\,=]/g, '\\$&')}`)
    .join(',')
}
