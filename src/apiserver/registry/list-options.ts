import { forbidden, notSupported, type FieldError } from '../../api/field-error.js'
import { invalid } from '../errors.js'
import type { RequestOptions } from '../request.js'

const FIELD = 'resourceVersionMatch'

/**
 * Throws 422 for combinations that a list or watch may not have. Source:
 * internalversion/validation/validation.go.
 */
export function checkListOptions(options: RequestOptions, isWatch: boolean): void {
  const errors = isWatch ? watchFaults(options) : listFaults(options)
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors)
}

function listFaults({
  resourceVersionMatch = '',
  resourceVersion = '',
  sendInitialEvents,
  ...options
}: RequestOptions): FieldError[] {
  const errors: FieldError[] = []
  if (resourceVersionMatch !== '') {
    if (resourceVersion === '')
      errors.push(forbidden(FIELD, 'resourceVersionMatch is forbidden unless resourceVersion is provided'))
    if ((options.continue ?? '') !== '')
      errors.push(forbidden(FIELD, 'resourceVersionMatch is forbidden when continue is provided'))
    if (resourceVersionMatch !== 'Exact' && resourceVersionMatch !== 'NotOlderThan') {
      errors.push(notSupported(FIELD, resourceVersionMatch, ['Exact', 'NotOlderThan', '']))
    }
    if (resourceVersionMatch === 'Exact' && resourceVersion === '0') {
      errors.push(forbidden(FIELD, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
    }
  }
  if (sendInitialEvents !== undefined)
    errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  return errors
}

function watchFaults({
  resourceVersionMatch = '',
  sendInitialEvents,
  ...options
}: RequestOptions): FieldError[] {
  const errors: FieldError[] = []
  if (resourceVersionMatch !== '') {
    if (sendInitialEvents === undefined) {
      errors.push(
        forbidden(FIELD, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'),
      )
    }
    if (sendInitialEvents === true && resourceVersionMatch !== 'NotOlderThan') {
      errors.push(forbidden(FIELD, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'))
    }
    if (resourceVersionMatch !== 'NotOlderThan')
      errors.push(notSupported(FIELD, resourceVersionMatch, ['NotOlderThan']))
    if ((options.continue ?? '') !== '')
      errors.push(forbidden(FIELD, 'resourceVersionMatch is forbidden when continue is provided'))
  } else if (sendInitialEvents === true) {
    errors.push(forbidden(FIELD, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'))
  }
  return errors
}
