import { badContainers, containersText, type Check } from '../check.js'

/** No privileged containers. Source: check_privileged.go. */
export const privileged: Check = (pod) => {
  const names = badContainers(pod, ({ securityContext }) => securityContext?.privileged === true)
  return names.length === 0
    ? undefined
    : {
        reason: 'privileged',
        detail: `${containersText(names)} must not set securityContext.privileged=true`,
      }
}
