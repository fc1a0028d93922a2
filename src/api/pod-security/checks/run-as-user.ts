import { badContainers, setters, type Check } from '../check.js'

/** Not user 0. Since v1.23; since v1.35 user namespaces may do without. Source: check_runAsUser.go. */
export const runAsUser: Check = (pod, minor) => {
  if (minor < 23 || (minor >= 35 && pod.spec.hostUsers === false)) return undefined
  const who = setters(
    pod.spec.securityContext?.runAsUser === 0,
    badContainers(pod, ({ securityContext }) => securityContext?.runAsUser === 0),
  )
  return who === '' ? undefined : { reason: 'runAsUser=0', detail: `${who} must not set runAsUser=0` }
}
