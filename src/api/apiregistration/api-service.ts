import { ageColumn, borrow, column, defineKind, nameColumn, statusOf } from '../define.js'
import type { KindDefinition } from '../definition.js'
import { invalid, required } from '../field-error.js'
import type { FieldError } from '../field-error.js'
import { dns1035LabelFaults, dnsSubdomainFaults, pathSegmentName } from '../names.js'
import type { Release } from '../releases.js'
import type { APIService } from './generated.js'

/** Source: kube-aggregator pkg/apis/apiregistration/validation/validation.go. */
function validate({ metadata: { name = '' }, spec }: APIService): readonly FieldError[] {
  const { group = '', version = '', groupPriorityMinimum, versionPriority, service, caBundle = '', insecureSkipTLSVerify = false } = spec
  const errors: FieldError[] = []
  const wanted = `${version}.${group}`
  if (name !== wanted) errors.push(invalid('metadata.name', name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`))
  if (group === '' && version !== 'v1') errors.push(required('spec.group', 'only v1 may have an empty group and it better be legacy kube'))
  if (group !== '') for (const fault of dnsSubdomainFaults(group)) errors.push(invalid('spec.group', group, fault))
  for (const fault of dns1035LabelFaults(version)) errors.push(invalid('spec.version', version, fault))
  const within = (field: string, value: number, most: number): void => {
    if (value <= 0 || value > most) errors.push(invalid(`spec.${field}`, value, `must be positive and less than ${most}`))
  }
  within('groupPriorityMinimum', groupPriorityMinimum, 20_000)
  within('versionPriority', versionPriority, 1_000)
  if (service === undefined) {
    if (caBundle !== '') errors.push(invalid('spec.caBundle', `${atob(caBundle).length} bytes`, 'local APIServices may not have a caBundle'))
    if (insecureSkipTLSVerify) {
      errors.push(invalid('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify'))
    }
    return errors
  }
  if ((service.namespace ?? '') === '') errors.push(required('spec.service.namespace'))
  if ((service.name ?? '') === '') errors.push(required('spec.service.name'))
  const { port = 443 } = service
  if (port < 1 || port > 65_535) {
    errors.push(invalid('spec.service.port', port, 'port is not valid: must be between 1 and 65535, inclusive'))
  }
  if (insecureSkipTLSVerify && caBundle !== '') {
    errors.push(invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'))
  }
  return errors
}

/** apiregistration.k8s.io/v1 APIService. */
export const apiServiceDefinition: KindDefinition<APIService> = defineKind<APIService>({
  group: 'apiregistration.k8s.io', version: 'v1', kind: 'APIService', resource: 'apiservices', categories: ['api-extensions'],
  namespaced: false, storagePrefix: '/registry/apiregistration.k8s.io/apiservices',
  subresources: [statusOf('apiregistration.k8s.io', 'v1', 'APIService')],
  validateName: pathSegmentName,
  setDefaults: ({ spec }) => {
    if (spec.service !== undefined && !Object.isFrozen(spec)) spec.service.port ??= 443
  },
  validate,
  strategy: {
    resetFields: { status: [['metadata'], ['spec']] },
    prepareForCreate: (service) => {
      service.status = {}
    },
    prepareForUpdate: (service, old) => {
      service.status = borrow(old.status)
    },
    prepareForStatusUpdate: (service, old) => {
      service.spec = borrow(old.spec)
    },
    allowUnconditionalUpdate: false,
  },
  columns: [
    nameColumn(),
    column('Service', ({ spec: { service } }) => (service === undefined ? 'Local' : `${service.namespace ?? ''}/${service.name ?? ''}`)),
    column('Available', ({ status }) => {
      const condition = status.conditions?.find(({ type }) => type === 'Available')
      if (condition === undefined) return 'Unknown'
      return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason ?? ''})`
    }),
    ageColumn(),
  ],
})

/** Order in which clients should prefer groups and versions. Source: pkg/controlplane/apiserver/aggregator.go. */
const priorities: Readonly<Record<string, readonly [group: number, version: number]>> = {
  '/v1': [18_000, 1], 'apps/v1': [17_800, 15], 'events.k8s.io/v1': [17_750, 15], 'authentication.k8s.io/v1': [17_700, 15],
  'authorization.k8s.io/v1': [17_600, 15], 'autoscaling/v1': [17_500, 15], 'autoscaling/v2': [17_500, 30], 'batch/v1': [17_400, 15],
  'certificates.k8s.io/v1': [17_300, 15], 'networking.k8s.io/v1': [17_200, 15], 'policy/v1': [17_100, 15],
  'rbac.authorization.k8s.io/v1': [17_000, 15], 'storage.k8s.io/v1': [16_800, 15], 'apiextensions.k8s.io/v1': [16_700, 15],
  'admissionregistration.k8s.io/v1': [16_700, 15], 'scheduling.k8s.io/v1': [16_600, 15], 'coordination.k8s.io/v1': [16_500, 15],
  'node.k8s.io/v1': [16_300, 15], 'discovery.k8s.io/v1': [16_200, 15], 'resource.k8s.io/v1': [16_200, 21],
  'flowcontrol.apiserver.k8s.io/v1': [16_100, 21], 'flowcontrol.apiserver.k8s.io/v1beta3': [16_100, 20],
  'flowcontrol.apiserver.k8s.io/v1beta2': [16_100, 18], 'flowcontrol.apiserver.k8s.io/v1beta1': [16_100, 12],
  'autoscaling/v2beta1': [17_500, 9], 'autoscaling/v2beta2': [17_500, 1], 'extensions/v1beta1': [17_150, 1], 'apps/v1beta2': [17_800, 9],
  'apps/v1beta1': [17_800, 1], 'batch/v1beta1': [17_400, 9],
}

/** Betas that the table does not name. */
const BETA = [16_000, 9] as const

/** The APIServices that the server registers for what it serves itself; `creationTimestamp` is theirs and their condition's. */
export function automaticApiServices(release: Release, creationTimestamp: string): readonly Omit<APIService, 'apiVersion' | 'kind'>[] {
  return release.groupVersions.filter((groupVersion) => groupVersion !== 'apiregistration.k8s.io/v1' && groupVersion !== 'apiregistration.k8s.io/v1beta1')
    .map((groupVersion) => {
      const [version = '', group = ''] = groupVersion.split('/').reverse()
      const [groupPriorityMinimum, versionPriority] = priorities[`${group}/${version}`] ?? [priorities[`${group}/v1`]?.[0] ?? BETA[0], BETA[1]]
      return {
        metadata: { name: `${version}.${group}`, creationTimestamp, labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
        spec: { ...(group === '' ? {} : { group }), version, groupPriorityMinimum, versionPriority },
        status: {
          conditions: [{
            type: 'Available', status: 'True', lastTransitionTime: creationTimestamp, reason: 'Local',
            message: 'Local APIServices are always available',
          }],
        },
      }
    })
}
