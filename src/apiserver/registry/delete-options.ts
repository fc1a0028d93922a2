import { invalid as invalidField, notSupported, type FieldError } from '../../api/field-error.js'
import { invalid } from '../errors.js'
import type { RequestOptions } from '../request.js'
import { warn, type Call } from './context.js'

/**
 * Throws 422 for contradicting or unknown DeleteOptions. Source: apimachinery pkg/apis/meta/v1/validation
 * ValidateDeleteOptions.
 */
export function checkDeleteOptions({ propagationPolicy, orphanDependents }: RequestOptions): void {
  if (propagationPolicy === undefined) return
  const errors: FieldError[] = []
  if (orphanDependents !== undefined) {
    errors.push(
      invalidField(
        'propagationPolicy',
        propagationPolicy,
        'orphanDependents and deletionPropagation cannot be both set',
      ),
    )
  }
  if (!['Foreground', 'Background', 'Orphan'].includes(propagationPolicy)) {
    errors.push(
      notSupported('propagationPolicy', propagationPolicy, ['Foreground', 'Background', 'Orphan', 'nil']),
    )
  }
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors)
}

/**
 * Warns of what a DELETE does that names no propagation. Source: pkg/registry/batch/job/storage Delete and
 * DeleteCollection.
 */
export function warnOfDeletion(call: Call): void {
  const { deletionWarning } = call.resource.definition.strategy
  const { propagationPolicy, orphanDependents } = call.request.options
  if (deletionWarning !== undefined && propagationPolicy === undefined && orphanDependents === undefined)
    warn(call, deletionWarning)
}
