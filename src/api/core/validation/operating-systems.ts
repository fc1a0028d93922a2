import { forbidden, invalid, type FieldError } from '../../field-error.js'
import { dnsSubdomainFaults } from '../../validation/names.js'
import { wasSentEmpty } from '../../schema/sent-empty.js'
import type {
  PodSecurityContext,
  PodSpec,
  SecurityContext,
  WindowsSecurityContextOptions,
} from '../generated.js'
import type { AnyContainer } from '../pods/pod-containers.js'

/**
 * Calls `visit` with each container and its path, in upstream's order. Source:
 * podshelper.VisitContainersWithPath.
 */
export function visitContainers(
  spec: PodSpec,
  path: string,
  visit: (container: AnyContainer, at: string) => void,
): void {
  for (const list of ['initContainers', 'containers', 'ephemeralContainers'] as const)
    spec[list]?.forEach((container, index) => visit(container, `${path}.${list}[${index}]`))
}

/** All containers of a Windows pod are HostProcess ones, or none. Source: validateWindowsHostProcessPod. */
export function validateHostProcess(spec: PodSpec, path: string, errors: FieldError[]): void {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess
  let containers = 0
  let hostProcesses = 0
  visitContainers(spec, path, ({ securityContext }, at) => {
    containers++
    const own = securityContext?.windowsOptions?.hostProcess
    if (ofPod !== undefined && own !== undefined && ofPod !== own) {
      const text = `pod hostProcess value must be identical if both are specified, was ${ofPod}`
      errors.push(invalid(`${at}.securityContext.windowsOptions.hostProcess`, own, text))
    }
    if (own ?? ofPod ?? false) hostProcesses++
  })
  if (hostProcesses === 0) return
  if (hostProcesses !== containers) {
    const text =
      'If pod contains any hostProcess containers then all containers must be HostProcess containers'
    errors.push(invalid(path, '', text))
  }
  if (spec.hostNetwork !== true) {
    const text = 'hostNetwork must be true if pod contains any hostProcess containers'
    errors.push(invalid(`${path}.hostNetwork`, false, text))
  }
}

/** What the security context of a Windows pod must not have, in upstream's order. */
const notInWindowsPods: readonly (keyof PodSecurityContext | 'hostUsers' | 'hostPID' | 'hostIPC')[] = [
  'appArmorProfile',
  'seLinuxOptions',
  'hostUsers',
  'hostPID',
  'hostIPC',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
]
const notInWindowsPodsEither: readonly (keyof PodSecurityContext)[] = [
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
]
const notInWindowsContainers: readonly (keyof SecurityContext)[] = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
]

/** Fields of the other system must not be set. Source: validateLinux, validateWindows. */
export function validateOs(spec: PodSpec, path: string, errors: FieldError[]): void {
  if (spec.os?.name === 'linux') {
    const refuse = (context: PodSecurityContext | SecurityContext | undefined, at: string): void => {
      if (context?.windowsOptions === undefined) return
      const text = 'windows options cannot be set for a linux pod'
      errors.push(forbidden(`${at}.securityContext.windowsOptions`, text))
    }
    refuse(spec.securityContext, path)
    visitContainers(spec, path, ({ securityContext }, at) => refuse(securityContext, at))
    return
  }
  const refuse = (at: string): void => {
    errors.push(forbidden(at, 'cannot be set for a windows pod'))
  }
  const context = spec.securityContext ?? {}
  for (const field of notInWindowsPods) {
    const isHostFlag = field === 'hostUsers' || field === 'hostPID' || field === 'hostIPC'
    if (isHostFlag ? isSet(spec[field]) : isGiven(context, field))
      refuse(isHostFlag ? `${path}.${field}` : `${path}.securityContext.${field}`)
  }
  if (spec.shareProcessNamespace !== undefined) refuse(`${path}.shareProcessNamespace`)
  for (const field of notInWindowsPodsEither)
    if (isGiven(context, field)) refuse(`${path}.securityContext.${field}`)
  visitContainers(spec, path, ({ securityContext = {} }, at) => {
    for (const field of notInWindowsContainers)
      if (securityContext[field] !== undefined) refuse(`${at}.securityContext.${field}`)
  })
}

const isGiven = (context: PodSecurityContext, field: keyof PodSecurityContext): boolean =>
  context[field] !== undefined || wasSentEmpty(context, field)

const isSet = (flag: boolean | undefined): boolean => flag !== undefined

const netBios = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
const domainLabel = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'
const domainName = new RegExp(`^${domainLabel}(?:\\.${domainLabel})*$`)

/** Source: validateWindowsSecurityContextOptions. */
export function validateWindowsOptions(
  options: WindowsSecurityContextOptions | undefined,
  path: string,
  errors: FieldError[],
): void {
  if (options === undefined) return
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options
  if (name !== undefined)
    for (const fault of dnsSubdomainFaults(name))
      errors.push(invalid(`${path}.gmsaCredentialSpecName`, name, fault))
  if (spec === '') {
    const text = 'gmsaCredentialSpec cannot be an empty string'
    errors.push(invalid(`${path}.gmsaCredentialSpec`, spec, text))
  } else if (spec !== undefined && spec.length > 64 * 1024) {
    errors.push(invalid(`${path}.gmsaCredentialSpec`, spec, 'gmsaCredentialSpec size must be under 64 KiB'))
  }
  if (user !== undefined)
    for (const fault of userNameFaults(user)) errors.push(invalid(`${path}.runAsUserName`, user, fault))
}

function userNameFaults(name: string): readonly string[] {
  const parts = name.split('\\')
  if (name === '') return ['runAsUserName cannot be an empty string']
  if (/\p{Cc}/u.test(name)) return ['runAsUserName cannot contain control characters']
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash']
  const user = parts.at(-1) as string
  const domain = parts.length === 2 ? (parts[0] as string) : undefined
  const faults: string[] = []
  if (domain !== undefined && domain.length >= 256)
    faults.push("runAsUserName's Domain length must be under 256 characters")
  if (domain !== undefined && !netBios.test(domain) && !domainName.test(domain))
    faults.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format")
  if (user === '') faults.push("runAsUserName's User cannot be empty")
  else if (user.length > 104)
    faults.push("runAsUserName's User length must not be longer than 104 characters")
  if (/^[. ]+$/.test(user)) faults.push("runAsUserName's User cannot contain only periods or spaces")
  if (/["/\\:;|=,+*?<>@[\]]/.test(user))
    faults.push(`runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`)
  return faults
}
