import { lastOf, parseIpRange } from '../../lang/go/ip.js'
import { commandFailed, flagOf, type ProgramFlags } from './program.js'

const FEWEST = 8n

/**
 * Returns the value of `--service-cluster-ip-range`.
 * @throws FlagError with upstream's text. Source: cmd/kube-apiserver/app/options completion.go
 * getServiceIPAndRanges, validation.go validateClusterIPFlags
 */
export function serviceRangeOf(flags: ProgramFlags): string | undefined {
  const ranges = flagOf(flags, 'service-cluster-ip-range')
  if (ranges === undefined || ranges === '') return undefined
  const [primary, secondary, ...more] = ranges.split(',').map(parseIpRange)
  if (primary === undefined) throw commandFailed('service-cluster-ip-range[0] is not a valid cidr')
  if (lastOf(primary) - primary.first + 1n < FEWEST)
    throw commandFailed(
      'error determining service IP ranges for primary service cidr: the service cluster IP range must be ' +
        `at least ${FEWEST} IP addresses`,
    )
  if (!ranges.includes(',')) return ranges
  if (secondary === undefined) throw commandFailed('service-cluster-ip-range[1] is not an ip net')
  if (more.length > 0)
    throw commandFailed('--service-cluster-ip-range must not contain more than two entries')
  if (primary.family === secondary.family)
    throw commandFailed(
      '--service-cluster-ip-range[0] and --service-cluster-ip-range[1] must be of different IP family',
    )
  return ranges
}
