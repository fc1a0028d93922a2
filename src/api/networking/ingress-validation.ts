import { invalid, notSupported, required, type FieldError } from '../field-error.js'
import { parseIp } from '../../lang/go/ip.js'
import { validateIp } from '../validation/ip-validation.js'
import {
  dns1035LabelFaults,
  dnsSubdomainFaults,
  pathSegmentFaults,
  portNameFaults,
  portNumberFaults,
  formatList,
} from '../validation/names.js'
import type { TypedLocalObjectReference } from '../core/generated.js'
import type {
  HTTPIngressPath,
  Ingress,
  IngressBackend,
  IngressRule,
  IngressServiceBackend,
  IngressSpec,
} from './generated.js'

/** The old annotation for the class, from before there were classes. */
export const classAnnotation = 'kubernetes.io/ingress.class'

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix']
const badSequences = ['//', '/./', '/../', '%2f', '%2F']
const badEnds = ['/..', '/.']

const wildcard = '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'
const wildcardText =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must " +
  'consist of ' +
  "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character " +
  `(e.g. ${formatList(['*.example.com'])}, regex used for validation is '${wildcard}')`

/** Source: apimachinery pkg/util/validation IsWildcardDNS1123Subdomain. */
function wildcardFaults(host: string): readonly string[] {
  const faults = host.length > 253 ? ['must be no more than 253 characters'] : []
  return host.startsWith('*.') && dnsSubdomainFaults(host.slice(2)).length === 0
    ? faults
    : [...faults, wildcardText]
}

const hostFaults = (host: string): readonly string[] =>
  host.includes('*') ? wildcardFaults(host) : dnsSubdomainFaults(host)

/** Validates a typed local reference. Source: validateIngressTypedLocalObjectReference. */
export function validateLocalReference(
  { apiGroup, kind, name }: Pick<TypedLocalObjectReference, 'apiGroup' | 'kind' | 'name'>,
  path: string,
  errors: FieldError[],
): void {
  if (apiGroup !== undefined && apiGroup !== null) {
    for (const fault of dnsSubdomainFaults(apiGroup))
      errors.push(invalid(`${path}.apiGroup`, apiGroup, fault))
  }
  for (const [field, value] of [
    ['kind', kind],
    ['name', name],
  ] as const) {
    if (value === '') errors.push(required(`${path}.${field}`))
    else for (const fault of pathSegmentFaults(value)) errors.push(invalid(`${path}.${field}`, value, fault))
  }
}

function validateService({ name, port }: IngressServiceBackend, path: string, errors: FieldError[]): void {
  const { name: portName = '', number = 0 } = port
  if (name === '') errors.push(required(`${path}.service.name`))
  else for (const fault of dns1035LabelFaults(name)) errors.push(invalid(`${path}.service.name`, name, fault))
  if (portName !== '' && number !== 0)
    errors.push(invalid(path, '', 'cannot set both port name & port number'))
  else if (portName !== '') {
    for (const fault of portNameFaults(portName))
      errors.push(invalid(`${path}.service.port.name`, portName, fault))
  } else if (number !== 0) {
    for (const fault of portNumberFaults(number))
      errors.push(invalid(`${path}.service.port.number`, number, fault))
  } else errors.push(required(path, 'port name or number is required'))
}

function validateBackend({ resource, service }: IngressBackend, path: string, errors: FieldError[]): void {
  if (resource !== undefined && service !== undefined)
    errors.push(invalid(path, '', 'cannot set both resource and service backends'))
  else if (resource !== undefined) validateLocalReference(resource, `${path}.resource`, errors)
  else if (service !== undefined) validateService(service, path, errors)
  else errors.push(invalid(path, '', 'resource or service backend is required'))
}

function validatePath(
  { path: text = '', pathType, backend }: HTTPIngressPath,
  path: string,
  errors: FieldError[],
): void {
  const type = pathType as string | null
  if (type === null) {
    errors.push(required(`${path}.pathType`, 'pathType must be specified'))
    return
  }
  const wrong = (why: string): void => {
    errors.push(invalid(`${path}.path`, text, why))
  }
  if (!pathTypes.includes(type)) errors.push(notSupported(`${path}.pathType`, type, pathTypes))
  else if (type === 'ImplementationSpecific') {
    if (text !== '' && !text.startsWith('/')) wrong('must be an absolute path')
  } else {
    if (!text.startsWith('/')) wrong('must be an absolute path')
    for (const sequence of badSequences) if (text.includes(sequence)) wrong(`must not contain '${sequence}'`)
    for (const end of badEnds) if (text.endsWith(end)) wrong(`cannot end with '${end}'`)
  }
  validateBackend(backend, `${path}.backend`, errors)
}

function validateRule({ host = '', http }: IngressRule, index: number, errors: FieldError[]): void {
  const path = `spec.rules[${index}].host`
  if (host !== '') {
    if (parseIp(host) !== undefined) errors.push(invalid(path, host, 'must be a DNS name, not an IP address'))
    for (const fault of hostFaults(host)) errors.push(invalid(path, host, fault))
  }
  if (http === undefined) return
  const at = `spec.rules[${index}].http.paths`
  const paths = (http.paths as readonly HTTPIngressPath[] | null | undefined) ?? []
  if (paths.length === 0) errors.push(required(at))
  paths.forEach((item, of) => validatePath(item, `${at}[${of}]`, errors))
}

/** Source: pkg/apis/networking/validation ValidateIngressSpec. */
function validateSpec(spec: IngressSpec): FieldError[] {
  const { rules = [], defaultBackend, tls = [], ingressClassName } = spec
  const errors: FieldError[] = []
  if (rules.length === 0 && defaultBackend === undefined) {
    errors.push(invalid('spec', spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified'))
  }
  if (defaultBackend !== undefined) validateBackend(defaultBackend, 'spec.defaultBackend', errors)
  rules.forEach((rule, index) => validateRule(rule, index, errors))
  tls.forEach(({ hosts = [], secretName = '' }, index) => {
    hosts.forEach((host, of) => {
      for (const fault of hostFaults(host))
        errors.push(invalid(`spec.tls[${index}].hosts[${of}]`, host, fault))
    })
    if (secretName === '') return
    for (const fault of dnsSubdomainFaults(secretName))
      errors.push(invalid(`spec.tls[${index}].secretName`, secretName, fault))
  })
  if (ingressClassName !== undefined) {
    for (const fault of dnsSubdomainFaults(ingressClassName))
      errors.push(invalid('spec.ingressClassName', ingressClassName, fault))
  }
  return errors
}

/** Source: ValidateIngressCreate. */
export function validateIngress({ metadata, spec }: Ingress): readonly FieldError[] {
  const errors = validateSpec(spec)
  const annotated = metadata.annotations?.[classAnnotation]
  if (annotated !== undefined && spec.ingressClassName !== undefined && annotated !== spec.ingressClassName) {
    errors.push(
      invalid(
        `annotations.${classAnnotation}`,
        annotated,
        'must match `ingressClassName` when both are specified',
      ),
    )
  }
  return errors
}

/** The annotation is validated on create only. Source: ValidateIngressUpdate. */
export function validateIngressUpdate(next: Ingress, old: Ingress): readonly FieldError[] {
  return next.spec === old.spec ? [] : validateSpec(next.spec)
}

/** Source: ValidateIngressLoadBalancerStatus. */
export function validateIngressStatus({ status }: Ingress): readonly FieldError[] {
  return (status.loadBalancer.ingress ?? []).flatMap(({ ip = '', hostname = '' }, index) => {
    const path = `status.loadBalancer.ingress[${index}]`
    if (hostname === '') return ip === '' ? [] : validateIp(ip, `${path}.ip`)
    return [
      ...(ip === '' ? [] : validateIp(ip, `${path}.ip`)),
      ...dnsSubdomainFaults(hostname).map((fault) => invalid(`${path}.hostname`, hostname, fault)),
      ...(parseIp(hostname) === undefined
        ? []
        : [invalid(`${path}.hostname`, hostname, 'must be a DNS name, not an IP address')]),
    ]
  })
}
