import { duplicate, invalid, notSupported, required, tooLong, type FieldError } from '../../field-error.js'
import { internalForm } from '../../kind/internal-form.js'
import type {
  AppArmorProfile,
  PodSecurityContext,
  PodSpec,
  SeccompProfile,
  SecurityContext,
  Sysctl,
} from '../generated.js'
import { validateWindowsOptions } from './operating-systems.js'
import { validateLocalPath } from './projected-volumes.js'

const maxId = 2 ** 31 - 1
const idRange = `must be between 0 and ${maxId}, inclusive`
const sysctlPattern = '([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const sysctl = new RegExp(`^${sysctlPattern}$`)

function validateId(value: number | undefined, path: string, errors: FieldError[]): void {
  if (value !== undefined && (value < 0 || value > maxId)) errors.push(invalid(path, value, idRange))
}

/** Validates the pod's security context. Source: pkg/apis/core/validation validatePodSpecSecurityContext. */
export function validatePodSecurityContext(
  context: PodSecurityContext,
  spec: PodSpec,
  path: string,
  errors: FieldError[],
  old?: PodSecurityContext,
): void {
  validateId(context.fsGroup, `${path}.fsGroup`, errors)
  validateId(context.runAsUser, `${path}.runAsUser`, errors)
  validateId(context.runAsGroup, `${path}.runAsGroup`, errors)
  context.supplementalGroups?.forEach((group, index) =>
    validateId(group, `${path}.supplementalGroups[${index}]`, errors),
  )
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    errors.push(
      invalid(
        `${path}.shareProcessNamespace`,
        true,
        'ShareProcessNamespace and HostPID cannot both be enabled',
      ),
    )
  }
  validateSysctls(context.sysctls ?? [], spec, `${path}.sysctls`, errors)
  const { fsGroupChangePolicy: change, supplementalGroupsPolicy: groups } = context
  if (change !== undefined && !/^(Always|OnRootMismatch)$/.test(change)) {
    errors.push(notSupported(`${path}.fsGroupChangePolicy`, change, ['Always', 'OnRootMismatch']))
  }
  validateSeccomp(context.seccompProfile, `${path}.seccompProfile`, errors)
  validateWindowsOptions(context.windowsOptions, `${path}.windowsOptions`, errors)
  validateAppArmor(context.appArmorProfile, `${path}.appArmorProfile`, errors)
  if (groups !== undefined && !/^(Merge|Strict)$/.test(groups)) {
    errors.push(notSupported(`${path}.supplementalGroupsPolicy`, groups, ['Merge', 'Strict']))
  }
  const { seLinuxChangePolicy: labels } = context
  // MountOption needs the feature SELinuxMount, which is off by default, or a pod that has a policy already
  const policies = old?.seLinuxChangePolicy === undefined ? ['Recursive'] : ['MountOption', 'Recursive']
  if (labels !== undefined && !policies.includes(labels))
    errors.push(notSupported(`${path}.seLinuxChangePolicy`, labels, policies))
}

const isIpcSysctl = (name: string): boolean =>
  /^(?:kernel\.(?:shm|msg)|fs\.mqueue\.)/.test(name) || name === 'kernel.sem'

/** Source: validateSysctls, ValidateHostSysctl. */
function validateSysctls(
  sysctls: readonly Sysctl[],
  spec: PodSpec,
  path: string,
  errors: FieldError[],
): void {
  if (sysctls.length === 0) return
  const names = new Set<string>()
  sysctls.forEach(({ name }, index) => {
    const at = `${path}[${index}].name`
    if (name === '') errors.push(required(at))
    else if (name.length > 253 || !sysctl.test(name)) {
      errors.push(invalid(at, name, `must have at most 253 characters and match regex ^${sysctlPattern}$`))
    } else if (names.has(name)) {
      errors.push(duplicate(at, name))
    }
    // the kernel has these settings for each network and IPC namespace
    if (spec.hostNetwork === true && name.replaceAll('/', '.').startsWith('net.'))
      errors.push(invalid(at, name, "may not be specified when 'hostNetwork' is true"))
    else if (spec.hostIPC === true && isIpcSysctl(name.replaceAll('/', '.')))
      errors.push(invalid(at, name, "may not be specified when 'hostIPC' is true"))
    names.add(name)
  })
}

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined']

/** Source: validateSeccompProfileField. */
function validateSeccomp(profile: SeccompProfile | undefined, path: string, errors: FieldError[]): void {
  if (profile === undefined) return
  const { type, localhostProfile } = profile as { type: string; localhostProfile?: string }
  if (type === '') errors.push(required(`${path}.type`, 'type is required when seccompProfile is set'))
  else if (!profileTypes.includes(type)) errors.push(notSupported(`${path}.type`, type, profileTypes))
  const at = `${path}.localhostProfile`
  if (type === 'Localhost') {
    if (localhostProfile === undefined)
      errors.push(required(at, 'must be set when seccomp type is Localhost'))
    else validateLocalPath(localhostProfile, at, errors)
  } else if (localhostProfile !== undefined) {
    const value = internalForm('core.v1.SeccompProfile', profile)
    errors.push(invalid(at, value, 'can only be set when seccomp type is Localhost'))
  }
}

/** Source: ValidateAppArmorProfileField. */
function validateAppArmor(profile: AppArmorProfile | undefined, path: string, errors: FieldError[]): void {
  if (profile === undefined) return
  const { type, localhostProfile: local } = profile as { type: string; localhostProfile?: string }
  const at = `${path}.localhostProfile`
  if (type === 'Localhost') {
    const missing = required(at, 'must be set when AppArmor type is Localhost')
    if (local === undefined || local === '') errors.push(missing)
    else if (local.trim() !== local) errors.push(invalid(at, local, 'must not be padded with whitespace'))
    if ((local ?? '').length > 4095) errors.push(tooLong(at, 4095))
  } else if (type === '') {
    errors.push(required(`${path}.type`, 'type is required when appArmorProfile is set'))
  } else if (!profileTypes.includes(type)) {
    errors.push(notSupported(`${path}.type`, type, profileTypes))
  } else if (local !== undefined) {
    errors.push(invalid(at, local, 'can only be set when AppArmor type is Localhost'))
  }
}

/** Validates a container's security context. Source: ValidateSecurityContext. */
export function validateSecurityContext(
  context: SecurityContext,
  hostUsers: boolean,
  path: string,
  errors: FieldError[],
): void {
  validateId(context.runAsUser, `${path}.runAsUser`, errors)
  validateId(context.runAsGroup, `${path}.runAsGroup`, errors)
  const { procMount } = context
  if (procMount !== undefined && !/^(Default|Unmasked)$/.test(procMount)) {
    errors.push(notSupported(`${path}.procMount`, procMount, ['Default', 'Unmasked']))
  }
  if (hostUsers && procMount === 'Unmasked')
    errors.push(invalid(`${path}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`'))
  validateSeccomp(context.seccompProfile, `${path}.seccompProfile`, errors)
  if (context.allowPrivilegeEscalation === false) validateEscalation(context, path, errors)
  validateWindowsOptions(context.windowsOptions, `${path}.windowsOptions`, errors)
  validateAppArmor(context.appArmorProfile, `${path}.appArmorProfile`, errors)
}

function validateEscalation(context: SecurityContext, path: string, errors: FieldError[]): void {
  const refuse = (other: string): void => {
    const value = internalForm('core.v1.SecurityContext', context)
    errors.push(invalid(path, value, `cannot set \`allowPrivilegeEscalation\` to false and ${other}`))
  }
  if (context.privileged === true) refuse('`privileged` to true')
  for (const capability of context.capabilities?.add ?? [])
    if (capability === 'CAP_SYS_ADMIN') refuse('`capabilities.Add` CAP_SYS_ADMIN')
}
