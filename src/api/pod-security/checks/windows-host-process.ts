import { badContainers, setters, type Check } from '../check.js'

/** No host processes on Windows. Source: check_windowsHostProcess.go. */
export const windowsHostProcess: Check = (pod) => {
  const who = setters(
    pod.spec.securityContext?.windowsOptions?.hostProcess === true,
    badContainers(pod, ({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true),
  )
  return who === ''
    ? undefined
    : { reason: 'hostProcess', detail: `${who} must not set securityContext.windowsOptions.hostProcess=true` }
}
