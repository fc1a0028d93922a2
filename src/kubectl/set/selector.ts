import type { Service } from '../../api/core/generated.js'
import type { LabelSelectorRequirement } from '../../api/meta/generated.js'
import type { Call } from '../call.js'
import { selectorOf } from '../create/selector.js'
import { KubectlError } from '../errors.js'
import { setSelected } from './changes.js'
import { NOTHING_GIVEN } from '../selected.js'

/**
 * `kubectl set selector svc/NAME a=b,c=d`: in the place of what it was. Source: kubectl
 * pkg/cmd/set/set_selector.go.
 */
export function setSelector(call: Call): void {
  const { args, flags } = call
  const text = args.at(-1)
  const resources = args.slice(0, -1)
  if (text === undefined || (resources.length === 0 && !flags.has('filename')))
    throw new KubectlError(NOTHING_GIVEN)
  const { matchLabels = {}, matchExpressions } = selectorOf(text)
  const version = flags.string('resource-version')
  setSelected(
    call,
    resources,
    { done: 'selector updated', failure: 'failed to patch selector update to service:', isNameless: true },
    (info) => {
      if (info.definition.kind !== 'Service')
        throw new KubectlError(`setting a selector is only supported for Services`)
      if (matchExpressions !== undefined)
        throw new KubectlError(`match expression ${goText(matchExpressions)} not supported on this object`)
      const service = info.object as Service
      return {
        ...service,
        ...(version === '' ? {} : { metadata: { ...service.metadata, resourceVersion: version } }),
        spec: { ...service.spec, selector: matchLabels },
      } as Service
    },
  )
}

const goText = (expressions: readonly LabelSelectorRequirement[]): string =>
  `[${expressions.map(goRequirement).join(' ')}]`

const goRequirement = ({ key, operator, values = [] }: LabelSelectorRequirement): string =>
  `{${key} ${operator} [${values.join(' ')}]}`
