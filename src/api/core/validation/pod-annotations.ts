import { quote } from '../../../lang/go/quote.js'
import { forbidden, invalid, type FieldError } from '../../field-error.js'
import type { AppArmorProfile, PodSpec, PodTemplateSpec, SeccompProfile } from '../generated.js'
import { visitContainers } from './operating-systems.js'
import { validateLocalPath } from './projected-volumes.js'

type Annotations = Readonly<Record<string, string>>

const mirror = 'kubernetes.io/config.mirror'
const deletionCost = 'controller.kubernetes.io/pod-deletion-cost'
const podSeccomp = 'seccomp.security.alpha.kubernetes.io/pod'
const containerSeccomp = 'container.seccomp.security.alpha.kubernetes.io/'
const appArmor = 'container.apparmor.security.beta.kubernetes.io/'

/** Validates annotations that mean something for pods. Source: ValidatePodSpecificAnnotations. */
export function validatePodAnnotations(
  annotations: Annotations,
  spec: PodSpec,
  path: string,
  errors: FieldError[],
): void {
  const mirrored = annotations[mirror]
  if (mirrored !== undefined && spec.nodeName === undefined) {
    const text = 'must set spec.nodeName if mirror pod annotation is set'
    errors.push(invalid(`${path}[${mirror}]`, mirrored, text))
  }
  const cost = annotations[deletionCost]
  if (cost !== undefined && !isInt32(cost))
    errors.push(invalid(`${path}[${deletionCost}]`, cost, 'must be a 32bit integer'))
  for (const key of Object.keys(annotations)) {
    const value = annotations[key] as string
    if (key === podSeccomp || key.startsWith(containerSeccomp))
      validateSeccompAnnotation(value, `${path}.${key}`, errors)
    if (!key.startsWith(appArmor)) continue
    const container = key.slice(appArmor.length)
    if (!hasContainer(spec, container))
      errors.push(invalid(`${path}[${key}]`, container, 'container not found'))
    if (
      value !== '' &&
      value !== 'runtime/default' &&
      value !== 'unconfined' &&
      !value.startsWith('localhost/')
    ) {
      const text = `invalid AppArmor profile name: ${quote(value)}`
      errors.push(invalid(`${path}[${key}]`, value, text))
    }
  }
}

/** No leading zeros or plus sign. Source: helper.GetDeletionCostFromPodAnnotations. */
const isInt32 = (text: string): boolean =>
  /^(?:0|-\d+|[1-9]\d*)$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31

function hasContainer(spec: PodSpec, name: string): boolean {
  let found = false
  visitContainers(spec, 'spec', (container) => {
    found ||= container.name === name
  })
  return found
}

function validateSeccompAnnotation(value: string, path: string, errors: FieldError[]): void {
  if (value === 'runtime/default' || value === 'docker/default' || value === 'unconfined') return
  if (value.startsWith('localhost/')) validateLocalPath(value.slice('localhost/'.length), path, errors)
  else errors.push(invalid(path, value, 'must be a valid seccomp profile'))
}

/**
 * Old annotations and fields for profiles must say the same. Source: validateSeccompAnnotationsAndFields,
 * validateAppArmorAnnotationsAndFieldsMatchOnCreate.
 */
export function validateProfileAnnotations(
  { metadata, spec }: Pick<PodTemplateSpec, 'metadata' | 'spec'>,
  errors: FieldError[],
  path = 'spec',
): void {
  const { annotations } = metadata ?? {}
  if (annotations === undefined || spec === undefined) return
  const { seccompProfile, appArmorProfile } = spec.securityContext ?? {}
  match('seccomp', annotations[podSeccomp], seccompProfile, `${path}.securityContext.seccompProfile`, errors)
  visitContainers(spec, path, ({ name, securityContext }, at) =>
    match(
      'seccomp',
      annotations[containerSeccomp + name],
      securityContext?.seccompProfile,
      `${at}.securityContext.seccompProfile`,
      errors,
    ),
  )
  if (spec.os?.name === 'windows') return
  visitContainers(spec, path, ({ name, securityContext }, at) =>
    match(
      'apparmor',
      annotations[appArmor + name],
      securityContext?.appArmorProfile ?? appArmorProfile,
      `${at}.securityContext.appArmorProfile`,
      errors,
    ),
  )
}

function match(
  what: 'seccomp' | 'apparmor',
  annotation: string | undefined,
  profile: SeccompProfile | AppArmorProfile | undefined,
  path: string,
  errors: FieldError[],
): void {
  if (annotation === undefined || profile === undefined) return
  const { type, localhostProfile } = profile
  const wrongType = (): void => {
    errors.push(forbidden(`${path}.type`, `${what} type in annotation and field must match`))
  }
  if (type === 'Unconfined' && annotation !== 'unconfined') wrongType()
  const isDefault =
    annotation === 'runtime/default' || (what === 'seccomp' && annotation === 'docker/default')
  if (type === 'RuntimeDefault' && !isDefault) wrongType()
  if (type !== 'Localhost') return
  if (!annotation.startsWith('localhost/')) wrongType()
  else if (annotation.slice('localhost/'.length) !== localhostProfile)
    errors.push(forbidden(`${path}.localhostProfile`, `${what} profile in annotation and field must match`))
}
