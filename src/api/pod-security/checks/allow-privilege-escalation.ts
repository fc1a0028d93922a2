import { badContainers, containersText, isWindows, type Check } from '../check.js'

/** Containers must say that they do not gain privileges. Source: check_allowPrivilegeEscalation.go. */
export const allowPrivilegeEscalation: Check = (pod, minor) => {
  if (minor >= 25 && isWindows(pod)) return undefined
  const names = badContainers(
    pod,
    ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false,
  )
  return names.length === 0
    ? undefined
    : {
        reason: 'allowPrivilegeEscalation != false',
        detail: `${containersText(names)} must set securityContext.allowPrivilegeEscalation=false`,
      }
}
