import { column, defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { invalid, notSupported, required, type FieldError } from '../field-error.js'
import type { IdStrategy, PodSecurityPolicy, PodSecurityPolicySpec } from './pod-security-policy-schema.js'

const maxId = 2 ** 31 - 1
const allCapabilities = '*'

/** The strategies of each field. Source: k8s.io/api policy/v1beta1. */
const idRules = {
  runAsUser: ['MustRunAs', 'MustRunAsNonRoot', 'RunAsAny'],
  runAsGroup: ['MayRunAs', 'MustRunAs', 'RunAsAny'],
  supplementalGroups: ['MayRunAs', 'MustRunAs', 'RunAsAny'],
  fsGroup: ['MayRunAs', 'MustRunAs', 'RunAsAny'],
} as const

/** Source: pkg/apis/policy/v1beta1/defaults.go SetDefaults_PodSecurityPolicySpec. */
function setDefaults({ spec }: Draft<PodSecurityPolicy>): void {
  if (!Object.isFrozen(spec)) spec.allowPrivilegeEscalation ??= true
}

function validateIds(
  { rule, ranges = [] }: IdStrategy,
  allowed: readonly string[],
  path: string,
  errors: FieldError[],
): void {
  if (!allowed.includes(rule)) errors.push(notSupported(`${path}.rule`, rule, allowed))
  ranges.forEach(({ min, max }, index) => {
    const at = `${path}.ranges[${index}]`
    for (const [field, id] of [
      ['min', min],
      ['max', max],
    ] as const) {
      if (id < 0 || id > maxId)
        errors.push(invalid(`${at}.${field}`, id, `must be between 0 and ${maxId}, inclusive`))
    }
    if (min > max) errors.push(invalid(`${at}.min`, min, 'min cannot be greater than max'))
  })
}

function validateCapabilities(spec: PodSecurityPolicySpec, errors: FieldError[]): void {
  const {
    requiredDropCapabilities: dropped = [],
    defaultAddCapabilities: added = [],
    allowedCapabilities: allowed = [],
  } = spec
  for (const name of dropped) {
    if (added.includes(name)) {
      const text = 'capability is listed in defaultAddCapabilities and requiredDropCapabilities'
      errors.push(invalid('spec.defaultAddCapabilities', name, text))
    }
    if (allowed.includes(name)) {
      errors.push(
        invalid(
          'spec.allowedCapabilities',
          name,
          'capability is listed in allowedCapabilities and requiredDropCapabilities',
        ),
      )
    }
  }
  if (allowed.includes(allCapabilities) && dropped.includes(allCapabilities)) {
    errors.push(invalid('spec.allowedCapabilities', allowed, 'cannot allow all and drop all capabilities'))
  }
}

/** Source: pkg/apis/policy/validation ValidatePodSecurityPolicySpec. */
function validate({ spec }: PodSecurityPolicy): readonly FieldError[] {
  const errors: FieldError[] = []
  for (const field of ['runAsUser', 'runAsGroup'] as const) {
    const strategy = spec[field]
    if (strategy !== undefined) validateIds(strategy, idRules[field], `spec.${field}`, errors)
  }
  const { rule } = spec.seLinux
  if (rule !== 'MustRunAs' && rule !== 'RunAsAny')
    errors.push(notSupported('spec.seLinux.rule', rule, ['MustRunAs', 'RunAsAny']))
  for (const field of ['supplementalGroups', 'fsGroup'] as const)
    validateIds(spec[field], idRules[field], `spec.${field}`, errors)
  validateCapabilities(spec, errors)
  if (spec.defaultAllowPrivilegeEscalation === true && spec.allowPrivilegeEscalation === false) {
    const text =
      'Cannot set DefaultAllowPrivilegeEscalation to true without also setting ' +
      'AllowPrivilegeEscalation to true'
    errors.push(invalid('spec.defaultAllowPrivilegeEscalation', true, text))
  }
  spec.allowedHostPaths?.forEach(({ pathPrefix = '' }, index) => {
    const path = `spec.allowedHostPaths[${index}]`
    if (pathPrefix === '') errors.push(required(path, 'is required'))
    else if (pathPrefix.split('/').includes('..'))
      errors.push(invalid(`${path}.pathPrefix`, pathPrefix, "must not contain '..'"))
  })
  spec.allowedFlexVolumes?.forEach(({ driver }, index) => {
    if (driver === '')
      errors.push(required(`spec.allowedFlexVolumes[${index}].driver`, 'must specify a driver'))
  })
  return errors
}

const listText = (values: readonly string[] | undefined): string =>
  values === undefined || values.length === 0 ? '' : values.join(',')

/** policy/v1beta1 PodSecurityPolicy: stored, but not enforced. */
export const podSecurityPolicyDefinition: KindDefinition<PodSecurityPolicy> = defineKind<PodSecurityPolicy>({
  group: 'policy',
  version: 'v1beta1',
  kind: 'PodSecurityPolicy',
  resource: 'podsecuritypolicies',
  shortNames: ['psp'],
  namespaced: false,
  storagePrefix: '/registry/podsecuritypolicy',
  setDefaults,
  validate,
  strategy: {},
  columns: [
    nameColumn(),
    column('Priv', ({ spec }) => String(spec.privileged ?? false)),
    column('Caps', ({ spec }) => listText(spec.allowedCapabilities)),
    column('Selinux', ({ spec }) => spec.seLinux.rule),
    column('RunAsUser', ({ spec }) => spec.runAsUser.rule),
    column('FsGroup', ({ spec }) => spec.fsGroup.rule),
    column('SupGroup', ({ spec }) => spec.supplementalGroups.rule),
    column('ReadOnlyRootFs', ({ spec }) => String(spec.readOnlyRootFilesystem ?? false)),
    column('Volumes', ({ spec }) => listText(spec.volumes)),
  ],
})
