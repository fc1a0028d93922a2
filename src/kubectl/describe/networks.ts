import type { IPAddress, ServiceCIDR } from '../../api/networking/generated.js'
import type { DescribeContext } from './describer.js'
import { writeHead, writeObjectEvents } from './describer.js'
import type { DescriptionWriter } from './writer.js'
import { longTime } from './writer.js'

/** `kubectl describe servicecidr`. Source: kubectl pkg/describe describeServiceCIDRV1. */
export function describeServiceRange(
  out: DescriptionWriter,
  range: ServiceCIDR,
  context: DescribeContext,
): void {
  const { spec, status } = range
  writeHead(out, range)
  out.line(0, `CIDRs:\t${(spec?.cidrs ?? []).join(', ')}`)
  const { conditions = [] } = status ?? {}
  if (conditions.length > 0) {
    out.line(0, 'Status:')
    out.line(0, 'Conditions:')
    out.line(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage')
    out.line(1, '----\t------\t------------------\t------\t-------')
    for (const { type, status: value, lastTransitionTime, reason, message } of conditions) {
      out.line(1, `${type}\t${value}\t${longTime(lastTransitionTime)}\t${reason}\t${message}`)
    }
  }
  writeObjectEvents(out, range, context)
}

/** `kubectl describe ipaddress`. Source: kubectl pkg/describe describeIPAddressV1. */
export function describeAddress(out: DescriptionWriter, address: IPAddress, context: DescribeContext): void {
  writeHead(out, address)
  const parent = address.spec?.parentRef
  if (parent !== undefined) {
    out.line(0, 'Parent Reference:')
    out.line(1, `Group:\t${parent.group ?? ''}`)
    out.line(1, `Resource:\t${parent.resource}`)
    out.line(1, `Namespace:\t${parent.namespace ?? ''}`)
    out.line(1, `Name:\t${parent.name}`)
  }
  writeObjectEvents(out, address, context)
}
