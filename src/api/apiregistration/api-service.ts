import { quote } from '../../lang/go/quote.js'
import { ageColumn, borrow, column, defineKind, nameColumn, statusOf } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { invalid, notSupported, required } from '../field-error.js'
import type { FieldError } from '../field-error.js'
import { dns1035LabelFaults, dnsSubdomainFaults, pathSegmentName } from '../validation/names.js'
import type { APIService } from './generated.js'

/** Source: ValidateAPIService. */
function validateName(name: string, prefix: boolean, { spec }: APIService): readonly string[] {
  const { version = '', group = '' } = spec
  const wanted = `${version}.${group}`
  const faults = pathSegmentName(name, prefix)
  if (name === wanted) return faults
  return [...faults, `must be \`spec.version+"."+spec.group\`: ${quote(wanted)}`]
}

const STATUSES = ['True', 'False', 'Unknown']

/** Source: ValidateAPIServiceStatus. */
function validateStatus({ status }: APIService): readonly FieldError[] {
  return (status.conditions ?? []).flatMap((condition, index) =>
    STATUSES.includes(condition.status)
      ? []
      : [notSupported(`status.conditions[${index}].status`, condition.status, STATUSES)],
  )
}

/** Source: kube-aggregator pkg/apis/apiregistration/validation/validation.go. */
function validate({ spec }: APIService): readonly FieldError[] {
  const {
    group = '',
    version = '',
    groupPriorityMinimum,
    versionPriority,
    service,
    caBundle = '',
    insecureSkipTLSVerify = false,
  } = spec
  const errors: FieldError[] = []
  if (group === '' && version !== 'v1')
    errors.push(required('spec.group', 'only v1 may have an empty group and it better be legacy kube'))
  if (group !== '')
    for (const fault of dnsSubdomainFaults(group)) errors.push(invalid('spec.group', group, fault))
  for (const fault of dns1035LabelFaults(version)) errors.push(invalid('spec.version', version, fault))
  const within = (field: string, value: number, most: number): void => {
    if (value <= 0 || value > most)
      errors.push(invalid(`spec.${field}`, value, `must be positive and less than ${most}`))
  }
  within('groupPriorityMinimum', groupPriorityMinimum, 20_000)
  within('versionPriority', versionPriority, 1_000)
  if (service === undefined) {
    if (caBundle !== '')
      errors.push(
        invalid(
          'spec.caBundle',
          `${atob(caBundle).length} bytes`,
          'local APIServices may not have a caBundle',
        ),
      )
    if (insecureSkipTLSVerify) {
      errors.push(
        invalid('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify'),
      )
    }
    return errors
  }
  if ((service.namespace ?? '') === '') errors.push(required('spec.service.namespace'))
  if ((service.name ?? '') === '') errors.push(required('spec.service.name'))
  const { port = 443 } = service
  if (port < 1 || port > 65_535) {
    errors.push(
      invalid('spec.service.port', port, 'port is not valid: must be between 1 and 65535, inclusive'),
    )
  }
  if (insecureSkipTLSVerify && caBundle !== '') {
    errors.push(invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'))
  }
  return errors
}

/** apiregistration.k8s.io/v1 APIService. */
export const apiServiceDefinition: KindDefinition<APIService> = defineKind<APIService>({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  resource: 'apiservices',
  categories: ['api-extensions'],
  namespaced: false,
  storagePrefix: '/registry/apiregistration.k8s.io/apiservices',
  subresources: [statusOf('apiregistration.k8s.io', 'v1', 'APIService')],
  validateName,
  nameFollowsSpec: true,
  setDefaults: ({ spec }) => {
    if (spec.service !== undefined && !Object.isFrozen(spec)) spec.service.port ??= 443
  },
  validate,
  strategy: {
    metaOnUpdate: [1, 1],
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
    validateStatusUpdate: validateStatus,
    allowUnconditionalUpdate: false,
  },
  columns: [
    nameColumn(),
    column('Service', ({ spec: { service } }) =>
      service === undefined ? 'Local' : `${service.namespace ?? ''}/${service.name ?? ''}`,
    ),
    column('Available', ({ status }) => {
      const condition = status.conditions?.find(({ type }) => type === 'Available')
      if (condition === undefined) return 'Unknown'
      return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason ?? ''})`
    }),
    ageColumn(),
  ],
})
