import { invalid, notSupported, required, type FieldError } from '../../field-error.js'
import type {
  Capabilities,
  PodSecurityContext,
  PodSpec,
  SeccompProfile,
  SecurityContext,
  Sysctl,
} from '../generated.js'

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
  validateSysctls(context.sysctls ?? [], `${path}.sysctls`, errors)
  const { fsGroupChangePolicy: change, supplementalGroupsPolicy: groups } = context
  if (change !== undefined && !/^(Always|OnRootMismatch)$/.test(change)) {
    errors.push(notSupported(`${path}.fsGroupChangePolicy`, change, ['Always', 'OnRootMismatch']))
  }
  validateSeccomp(context.seccompProfile, `${path}.seccompProfile`, errors)
  if (groups !== undefined && !/^(Merge|Strict)$/.test(groups)) {
    errors.push(notSupported(`${path}.supplementalGroupsPolicy`, groups, ['Merge', 'Strict']))
  }
}

function validateSysctls(sysctls: readonly Sysctl[], path: string, errors: FieldError[]): void {
  if (sysctls.length === 0) return
  const names = new Set<string>()
  sysctls.forEach(({ name }, index) => {
    const at = `${path}[${index}].name`
    if (name === '') errors.push(required(at))
    else if (name.length > 253 || !sysctl.test(name)) {
      errors.push(invalid(at, name, `must have at most 253 characters and match regex ^${sysctlPattern}$`))
    } else if (names.has(name)) {
      errors.push({
        type: 'FieldValueDuplicate',
        field: at,
        body: `Duplicate value: ${JSON.stringify(name)}`,
      })
    }
    names.add(name)
  })
}

function validateSeccomp(profile: SeccompProfile | undefined, path: string, errors: FieldError[]): void {
  if (profile === undefined) return
  const { type, localhostProfile } = profile as { type: string; localhostProfile?: string }
  if (type === 'Localhost') {
    if (localhostProfile === undefined || localhostProfile === '') {
      errors.push(required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost'))
    }
  } else if (localhostProfile !== undefined) {
    errors.push(
      invalid(`${path}.localhostProfile`, localhostProfile, 'can only be set when seccomp type is Localhost'),
    )
  }
  if (type === '') errors.push(required(`${path}.type`, 'type is required when seccompProfile is set'))
  else if (!/^(Localhost|RuntimeDefault|Unconfined)$/.test(type)) {
    errors.push(notSupported(`${path}.type`, type, ['Localhost', 'RuntimeDefault', 'Unconfined']))
  }
}

/** Validates a container's security context. Source: ValidateSecurityContext. */
export function validateSecurityContext(context: SecurityContext, path: string, errors: FieldError[]): void {
  validateId(context.runAsUser, `${path}.runAsUser`, errors)
  validateId(context.runAsGroup, `${path}.runAsGroup`, errors)
  const { procMount } = context
  if (procMount !== undefined && !/^(Default|Unmasked)$/.test(procMount)) {
    errors.push(notSupported(`${path}.procMount`, procMount, ['Default', 'Unmasked']))
  }
  validateSeccomp(context.seccompProfile, `${path}.seccompProfile`, errors)
  if (context.allowPrivilegeEscalation !== false) return
  if (context.privileged === true) {
    const text = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'
    errors.push(invalid(path, internalForm(context), text))
  }
  if (context.capabilities?.add?.includes('CAP_SYS_ADMIN') === true) {
    const text = 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'
    errors.push(invalid(path, internalForm(context), text))
  }
}

const capabilitiesForm = ({ add, drop }: Capabilities): object => ({ Add: add ?? null, Drop: drop ?? null })

/** Returns the context as Go prints its internal type: every field, null if absent. */
function internalForm(context: SecurityContext): object {
  return {
    Capabilities: context.capabilities === undefined ? null : capabilitiesForm(context.capabilities),
    Privileged: context.privileged ?? null,
    SELinuxOptions: context.seLinuxOptions ?? null,
    WindowsOptions: context.windowsOptions ?? null,
    RunAsUser: context.runAsUser ?? null,
    RunAsGroup: context.runAsGroup ?? null,
    RunAsNonRoot: context.runAsNonRoot ?? null,
    ReadOnlyRootFilesystem: context.readOnlyRootFilesystem ?? null,
    AllowPrivilegeEscalation: context.allowPrivilegeEscalation ?? null,
    ProcMount: context.procMount ?? null,
    SeccompProfile: context.seccompProfile ?? null,
    AppArmorProfile: context.appArmorProfile ?? null,
  }
}
