import { forbidden, type FieldError } from '../field-error.js'
import type { DeviceRequest, DeviceRequestAllocationResult } from './generated.js'
import type { Labels } from '../selectors/labels.js'

const refusal = (path: string, labels: () => Labels): readonly FieldError[] =>
  labels()['resource.kubernetes.io/admin-access'] === 'true'
    ? []
    : [
        forbidden(
          path,
          'admin access to devices requires the `resource.kubernetes.io/admin-access: true` label on the ' +
            'containing namespace',
        ),
      ]

/**
 * Returns the fault of a claim that asks for admin access in a namespace whose label does not allow it. The
 * path is upstream's, in templates, too. Source: pkg/registry/resource AuthorizedForAdmin.
 */
export function validateAdminAccess(
  requests: readonly DeviceRequest[],
  labels: () => Labels,
): readonly FieldError[] {
  const at = requests.findIndex(({ exactly }) => exactly?.adminAccess === true)
  return at < 0 ? [] : refusal(`spec.devices.requests[${at}].adminAccess`, labels)
}

/** As {@link validateAdminAccess}, for a status that grants it. Source: AuthorizedForAdminStatus. */
export function validateGrantedAdminAccess(
  next: readonly DeviceRequestAllocationResult[],
  old: readonly DeviceRequestAllocationResult[],
  labels: () => Labels,
): readonly FieldError[] {
  const grantedAt = (results: readonly DeviceRequestAllocationResult[]): number =>
    results.findIndex(({ adminAccess }) => adminAccess === true)
  const at = grantedAt(next)
  return at < 0 || grantedAt(old) >= 0
    ? []
    : refusal(`status.allocation.devices.results[${at}].adminAccess`, labels)
}
