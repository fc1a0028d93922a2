import {
  badContainers,
  containersOf,
  containersText,
  distinct,
  isWindows,
  quoted,
  type AnyContainer,
  type Check,
} from '../check.js'

/** What a container runtime gives by default, without NET_RAW. */
const DEFAULTS = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])

const addedBy = (
  { securityContext }: AnyContainer,
  isAllowed: (name: string) => boolean,
): readonly string[] => (securityContext?.capabilities?.add ?? []).filter((name) => !isAllowed(name))

/** `container "c" must not include "X" in securityContext.capabilities.add`; undefined when none does. */
function addition(
  containers: readonly AnyContainer[],
  isAllowed: (name: string) => boolean,
): string | undefined {
  const bad = containers.filter((container) => addedBy(container, isAllowed).length > 0)
  if (bad.length === 0) return undefined
  const added = distinct(bad.flatMap((container) => addedBy(container, isAllowed)))
  return (
    `${containersText(bad.map(({ name }) => name))} must not include ${quoted(added)} in ` +
    'securityContext.capabilities.add'
  )
}

/** No capabilities beyond the usual ones. Source: check_capabilities_baseline.go. */
export const baselineCapabilities: Check = (pod) => {
  const detail = addition(containersOf(pod), (name) => DEFAULTS.has(name))
  return detail === undefined ? undefined : { reason: 'non-default capabilities', detail }
}

/** All capabilities dropped, at most NET_BIND_SERVICE added. Source: check_capabilities_restricted.go. */
export const restrictedCapabilities: Check = (pod, minor) => {
  if (minor >= 25 && isWindows(pod)) return undefined
  const keeping = badContainers(
    pod,
    ({ securityContext }) => securityContext?.capabilities?.drop?.includes('ALL') !== true,
  )
  const details = [
    ...(keeping.length > 0
      ? [`${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]`]
      : []),
    addition(containersOf(pod), (name) => name === 'NET_BIND_SERVICE') ?? [],
  ].flat()
  return details.length === 0
    ? undefined
    : { reason: 'unrestricted capabilities', detail: details.join('; ') }
}
