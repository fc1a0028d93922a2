import { ageColumn, column, defineKind, nameColumn, specChanged } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { validateDomainPrefixedPath } from '../validation/domain-path.js'
import { forbidden, invalid, notSupported, required, tooLong, type FieldError } from '../field-error.js'
import { dnsLabelFaults } from '../validation/names.js'
import type { IngressClass, IngressClassParametersReference } from './generated.js'
import { validateLocalReference } from './ingress-validation.js'

const maxControllerLength = 250

/** Source: pkg/apis/networking/v1/defaults.go SetDefaults_IngressClass. */
function setDefaults({ spec }: Draft<IngressClass>): void {
  if (spec.parameters !== undefined && !Object.isFrozen(spec.parameters)) spec.parameters.scope ??= 'Cluster'
}

/** Source: validateIngressClassParametersReference. */
function validateParameters(
  parameters: IngressClassParametersReference,
  path: string,
  errors: FieldError[],
): void {
  const { scope, namespace } = parameters
  validateLocalReference(parameters, path, errors)
  if (scope === undefined || scope === null) errors.push(required(`${path}.scope`))
  else if (scope === 'Cluster') {
    if (namespace !== undefined)
      errors.push(forbidden(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'"))
  } else if (scope !== 'Namespace')
    errors.push(notSupported(`${path}.scope`, scope, ['Cluster', 'Namespace']))
  else if (namespace === undefined)
    errors.push(required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'"))
  else
    for (const fault of dnsLabelFaults(namespace)) errors.push(invalid(`${path}.namespace`, namespace, fault))
}

/** Source: pkg/apis/networking/validation validateIngressClassSpec. */
function validate({ spec: { controller = '', parameters } }: IngressClass): readonly FieldError[] {
  const errors: FieldError[] =
    controller.length > maxControllerLength ? [tooLong('spec.controller', maxControllerLength)] : []
  errors.push(...validateDomainPrefixedPath(controller, 'spec.controller'))
  if (parameters !== undefined) validateParameters(parameters, 'spec.parameters', errors)
  return errors
}

/** The controller must not change. Source: ValidateIngressClassUpdate. */
function validateUpdate(next: IngressClass, old: IngressClass): readonly FieldError[] {
  const changed =
    next.spec.controller === old.spec.controller
      ? []
      : [invalid('spec.controller', next.spec.controller ?? '', 'field is immutable')]
  return [...changed, ...validate(next)]
}

function parametersText({ spec: { parameters } }: IngressClass): string {
  if (parameters === undefined) return '<none>'
  const { kind, apiGroup = '', name } = parameters
  return `${apiGroup === '' ? kind : `${kind}.${apiGroup}`}/${name}`
}

/** networking.k8s.io/v1 IngressClass. */
export const ingressClassDefinition: KindDefinition<IngressClass> = defineKind<IngressClass>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  resource: 'ingressclasses',
  namespaced: false,
  storagePrefix: '/registry/ingressclasses',
  setDefaults,
  validate,
  validateUpdate,
  strategy: { metaOnUpdate: [1, 1], generationChanged: specChanged },
  columns: [
    nameColumn(),
    column('Controller', ({ spec }) => spec.controller ?? ''),
    column('Parameters', parametersText),
    ageColumn(),
  ],
})
