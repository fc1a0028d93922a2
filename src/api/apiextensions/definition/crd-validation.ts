import { isPrintable } from '../../../lang/go/quote.js'
import { repeats } from '../../validation/repeats.js'
import { utf8Length } from '../../../lang/go/utf8.js'
import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.js'
import { dns1035LabelFaults, dnsSubdomainFaults, subdomainName } from '../../validation/names.js'
import { wasSentEmpty } from '../../schema/sent-empty.js'
import type { Schema } from '../schema/schema.js'
import { validateClientConfig } from '../../validation/webhook-client.js'
import { validateColumn, validateSelectableFields, validateSubresources } from './columns-validation.js'
import type {
  CustomResourceConversion,
  CustomResourceDefinition,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion,
  CustomResourceDefinitionNames,
} from '../generated.js'
import { hoist, internalVersions, type Hoisted } from './hoisted.js'
import {
  type DefinitionRules,
  type DefinitionVersion,
  isKnownReview,
  relaxed,
  rulesOf,
  schemasOf,
} from './definition-rules.js'
import { hasDefaults, validateSchema, type SchemaRules } from './schema-validation.js'

const APPROVED = 'api-approved.kubernetes.io'
const APPROVAL_HELP = 'see https://github.com/kubernetes/enhancements/pull/1111'
const MOST_WARNING_BYTES = 256

/**
 * Validates a CRD on create. Source: apiextensions pkg/apis/apiextensions/validation/validation.go
 * ValidateCustomResourceDefinition.
 */
export function validateDefinition(
  crd: CustomResourceDefinition,
  version: DefinitionVersion = 'v1',
): readonly FieldError[] {
  const errors = validateAll(crd, rulesOf(crd.spec, version))
  return version === 'v1beta1'
    ? errors
    : [...errors, ...validateApproval(crd), ...validatePreserves(crd.spec)]
}

/**
 * Validates a CRD on update: names under which objects are stored must stay, and values that were invalid
 * before may stay.
 */
export function validateDefinitionUpdate(
  next: CustomResourceDefinition,
  old: CustomResourceDefinition,
  version: DefinitionVersion = 'v1',
): readonly FieldError[] {
  const strict = validateAll(next, rulesOf(next.spec, version))
  // compared with the old CRD only if it is invalid
  const errors = [
    ...(strict.length === 0 ? strict : validateAll(next, relaxed(rulesOf(next.spec, version), old.spec))),
  ]
  const same = (field: string, value: string, before: string): void => {
    if (value !== before) errors.push(invalid(`spec.${field}`, value, 'field is immutable'))
  }
  if (
    old.status.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') === true
  ) {
    same('scope', next.spec.scope, old.spec.scope)
    same('names.kind', next.spec.names.kind, old.spec.names.kind)
  }
  same('group', next.spec.group, old.spec.group)
  same('names.plural', next.spec.names.plural, old.spec.names.plural)
  if (version === 'v1beta1') return errors
  return [
    ...errors,
    ...validateApprovalUpdate(next, old),
    ...(old.spec.preserveUnknownFields === true ? [] : validatePreserves(next.spec)),
  ]
}

/** Validates a write to the status of a CRD. */
export function validateDefinitionStatus(next: CustomResourceDefinition): readonly FieldError[] {
  return validateNames(next.status.acceptedNames, 'status.acceptedNames')
}

/** Source: ValidateCustomResourceDefinition, nameValidationFn. */
export function validateDefinitionName(
  name: string,
  prefix: boolean,
  { spec }: CustomResourceDefinition,
): readonly string[] {
  const faults = subdomainName(name, prefix)
  return name === `${spec.names.plural}.${spec.group}`
    ? faults
    : [...faults, 'must be spec.names.plural+"."+spec.group']
}

function validateAll(crd: CustomResourceDefinition, rules: DefinitionRules): readonly FieldError[] {
  return [...validateSpec(crd.spec, rules), ...validateStatus(crd)]
}

function validateStatus({ spec, status }: CustomResourceDefinition): readonly FieldError[] {
  return [
    ...validateNames(status.acceptedNames, 'status.acceptedNames'),
    ...validateStoredVersions(status.storedVersions ?? [], spec),
  ]
}

/** Source: ValidateCustomResourceDefinitionStoredVersions. */
function validateStoredVersions(
  stored: readonly string[],
  { versions }: CustomResourceDefinitionSpec,
): readonly FieldError[] {
  const path = 'status.storedVersions'
  if (stored.length === 0) return [invalid(path, null, 'must have at least one stored version')]
  const errors: FieldError[] = []
  const left = new Set(stored)
  for (const { name, storage } of versions) {
    if (storage && !left.has(name))
      errors.push(invalid(path, stored, `must have the storage version ${name}`))
    left.delete(name)
  }
  for (const name of left)
    errors.push(invalid(`${path}[${stored.indexOf(name)}]`, name, missingVersionText(name)))
  return errors
}

const missingVersionText = (name: string): string =>
  `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions ` +
  `until a storage migration ensures no data remains persisted in ${name} and removes ${name} from ` +
  'status.storedVersions'

/** Source: validateCustomResourceDefinitionSpec. */
function validateSpec(spec: CustomResourceDefinitionSpec, rules: DefinitionRules): readonly FieldError[] {
  const errors: FieldError[] = [...validateGroup(spec.group)]
  const { scope, names, conversion, preserveUnknownFields = false } = spec
  if (scope === '') errors.push(required('spec.scope'))
  else if (scope !== 'Cluster' && scope !== 'Namespaced')
    errors.push(notSupported('spec.scope', scope, ['Cluster', 'Namespaced']))
  if (rules.schemas === 'all' || !preserveUnknownFields) {
    const why = rules.schemas === 'all' ? '' : 'because otherwise all fields are pruned'
    spec.versions.forEach(({ schema, served }, at) => {
      if (schema?.openAPIV3Schema !== undefined || (rules.schemas === 'served' && !served)) return
      errors.push(required(`spec.versions[${at}].schema.openAPIV3Schema`, why))
    })
  }
  if (preserveUnknownFields && rules.refusesDefaults === undefined && schemasOf(spec).some(hasDefaults)) {
    errors.push(
      invalid('spec.preserveUnknownFields', true, 'must be false in order to use defaults in the schema'),
    )
  }
  const { shared, versions } = hoist(spec)
  versions.forEach((version, at) =>
    errors.push(...validateVersion(version, shared, rules, `spec.versions[${at}]`)),
  )
  const printed = versions.length > 0 || wasSentEmpty(spec, 'versions') ? internalVersions(versions) : null
  if (new Set(versions.map(({ name }) => name)).size < versions.length) {
    errors.push(invalid('spec.versions', printed, 'must contain unique version names'))
  }
  if (versions.filter(({ storage }) => storage).length !== 1) {
    errors.push(invalid('spec.versions', printed, 'must have exactly one version marked as storage version'))
  }
  const [first] = versions
  const faults = first === undefined ? [] : dns1035LabelFaults(first.name)
  if (first !== undefined && first.name !== '' && faults.length > 0)
    errors.push(invalid('spec.version', first.name, faults.join(',')))
  errors.push(...validateRequiredNames(names, 'spec.names'), ...validateNames(names, 'spec.names'))
  const hasStatus = versions.some(
    ({ subresources }) => (subresources ?? shared.subresources)?.status !== undefined,
  )
  errors.push(...validateParts(shared, hasStatus, rules, 'spec', 'validation'))
  if (conversion !== undefined && conversion.strategy !== 'None' && preserveUnknownFields) {
    const text = 'must be None if spec.preserveUnknownFields is true'
    errors.push(invalid('spec.conversion.strategy', conversion.strategy, text))
  }
  return [...errors, ...validateConversion(conversion, rules, 'spec.conversion')]
}

function validateGroup(group: string): readonly FieldError[] {
  if (group === '') return [required('spec.group')]
  const faults = dnsSubdomainFaults(group)
  if (faults.length > 0) return [invalid('spec.group', group, faults.join(','))]
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')]
}

function validateVersion(
  version: CustomResourceDefinitionVersion,
  shared: Hoisted,
  rules: DefinitionRules,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = []
  const faults = dns1035LabelFaults(version.name)
  if (faults.length > 0) errors.push(invalid(`${path}.name`, version.name, faults.join(',')))
  const { deprecated = false, deprecationWarning } = version
  for (const text of warningFaults(deprecated, deprecationWarning)) {
    errors.push(invalid(`${path}.deprecationWarning`, deprecationWarning, text))
  }
  const hasStatus = (version.subresources ?? shared.subresources)?.status !== undefined
  return [...errors, ...validateParts(version, hasStatus, rules, path, 'schema')]
}

function warningFaults(deprecated: boolean, warning: string | undefined): readonly string[] {
  if (warning === undefined) return []
  if (!deprecated) return ['can only be set for deprecated versions']
  const faults: string[] = []
  if (utf8Length(warning) > MOST_WARNING_BYTES)
    faults.push(`must be <= ${MOST_WARNING_BYTES} characters long`)
  if (warning === '') faults.push('must not be an empty string')
  const chars = Array.from(warning)
  const hidden = chars.findIndex((char) => !isPrintable(char))
  if (hidden >= 0) {
    const at = utf8Length(chars.slice(0, hidden).join(''))
    faults.push(`must only contain printable UTF-8 characters; non-printable character found at index ${at}`)
  }
  return faults
}

/** Validates schema, subresources, columns and selectable fields of one version or of all. */
function validateParts(
  parts: Hoisted,
  hasStatus: boolean,
  rules: SchemaRules,
  path: string,
  schemaName: 'schema' | 'validation',
): readonly FieldError[] {
  const schema = parts.schema?.openAPIV3Schema
  return [
    ...(schema === undefined
      ? []
      : validateSchema(schema, `${path}.${schemaName}.openAPIV3Schema`, hasStatus, rules)),
    ...(parts.subresources === undefined
      ? []
      : validateSubresources(parts.subresources, `${path}.subresources`)),
    ...(parts.additionalPrinterColumns ?? []).flatMap((column, at) =>
      validateColumn(column, `${path}.additionalPrinterColumns[${at}]`),
    ),
    ...selectableFaults(parts, schema, `${path}.selectableFields`, schemaName),
  ]
}

function selectableFaults(
  { selectableFields = [] }: Hoisted,
  schema: Schema | undefined,
  path: string,
  schemaName: 'schema' | 'validation',
): readonly FieldError[] {
  if (selectableFields.length === 0) return []
  if (schema !== undefined) return validateSelectableFields(selectableFields, schema, path)
  const text =
    schemaName === 'schema'
      ? 'may only be set when `version.schema.openAPIV3Schema` is not included'
      : 'may only be set when validations.schema is included'
  return [invalid(path, '', text)]
}

/** Source: validateCustomResourceConversion. */
function validateConversion(
  conversion: CustomResourceConversion | undefined,
  rules: DefinitionRules,
  path: string,
): readonly FieldError[] {
  if (conversion === undefined) return []
  const { strategy, webhook } = conversion
  if (strategy !== 'Webhook') {
    const errors =
      strategy === 'None'
        ? []
        : strategy === ''
          ? [required(`${path}.strategy`)]
          : [notSupported(`${path}.strategy`, strategy, ['None', 'Webhook'])]
    const text = 'should not be set when strategy is not set to Webhook'
    if (webhook?.clientConfig !== undefined) errors.push(forbidden(`${path}.webhookClientConfig`, text))
    if ((webhook?.conversionReviewVersions ?? []).length > 0)
      errors.push(forbidden(`${path}.conversionReviewVersions`, text))
    return errors
  }
  const errors: FieldError[] = []
  if (webhook?.clientConfig === undefined) {
    errors.push(required(`${path}.webhookClientConfig`, 'required when strategy is set to Webhook'))
  } else
    errors.push(
      ...validateClientConfig(
        webhook.clientConfig,
        `${path}.webhookClientConfig`,
        'exactly one of url or service is required',
      ),
    )
  const versions = webhook?.conversionReviewVersions ?? []
  return [...errors, ...validateReviewVersions(versions, rules, `${path}.conversionReviewVersions`)]
}

/** Source: validateConversionReviewVersions. */
function validateReviewVersions(
  versions: readonly string[],
  rules: DefinitionRules,
  path: string,
): readonly FieldError[] {
  if (versions.length === 0) return [required(path)]
  const repeated = repeats(versions)
  const errors = versions.flatMap((version, index) => {
    const at = `${path}[${index}]`
    if (repeated.has(index)) return [invalid(at, version, 'duplicate version')]
    return dns1035LabelFaults(version).map((fault) => invalid(at, version, fault))
  })
  if (rules.knownReviewVersions && !isKnownReview(versions))
    errors.push(invalid(path, versions, 'must include at least one of v1, v1beta1'))
  return errors
}

/** The approval annotation is validated only if it has changed. */
function validateApprovalUpdate(
  next: CustomResourceDefinition,
  old: CustomResourceDefinition,
): readonly FieldError[] {
  const [faults, before] = [validateApproval(next), validateApproval(old)]
  return faults[0]?.type === before[0]?.type ? [] : faults
}

/** Groups under k8s.io and kubernetes.io need an annotation. Source: validateAPIApproval. */
function validateApproval({
  metadata: { annotations = {} },
  spec: { group },
}: CustomResourceDefinition): readonly FieldError[] {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group)) return []
  const path = `metadata.annotations[${APPROVED}]`
  const value = annotations[APPROVED]
  if (value === undefined) {
    return [required(path, `protected groups must have approval annotation "${APPROVED}", ${APPROVAL_HELP}`)]
  }
  if (value.startsWith('unapproved') || /^https?:\/\/[^/]+/.test(value)) return []
  const text =
    `protected groups must have approval annotation "${APPROVED}" with either a URL or a reason ` +
    `starting with "unapproved", ${APPROVAL_HELP}`
  return [invalid(path, value, text)]
}

function validatePreserves({ preserveUnknownFields }: CustomResourceDefinitionSpec): readonly FieldError[] {
  if (preserveUnknownFields !== true) return []
  const text =
    'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'
  return [invalid('spec.preserveUnknownFields', true, text)]
}

/** Source: ValidateCustomResourceDefinitionNames. */
function validateNames(names: CustomResourceDefinitionNames, path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  const { plural, singular = '', kind, listKind = '', shortNames = [], categories = [] } = names
  const label = (field: string, value: string, head = ''): void => {
    const faults = dns1035LabelFaults(head === '' ? value : value.toLowerCase())
    if (value !== '' && faults.length > 0)
      errors.push(invalid(`${path}.${field}`, value, `${head}${faults.join(',')}`))
  }
  const mixed = 'may have mixed case, but should otherwise match: '
  label('plural', plural)
  label('singular', singular)
  label('kind', kind, mixed)
  label('listKind', listKind, mixed)
  shortNames.forEach((name, at) => listed(name, `${path}.shortNames[${at}]`, errors))
  if (kind !== '' && kind === listKind) {
    errors.push(invalid(`${path}.listKind`, listKind, 'kind and listKind may not be the same'))
  }
  categories.forEach((name, at) => listed(name, `${path}.categories[${at}]`, errors))
  return errors
}

function listed(name: string, path: string, errors: FieldError[]): void {
  const faults = dns1035LabelFaults(name)
  if (faults.length > 0) errors.push(invalid(path, name, faults.join(',')))
}

/** Faults of the required names. */
function validateRequiredNames(names: CustomResourceDefinitionNames, path: string): readonly FieldError[] {
  return (['plural', 'singular', 'kind', 'listKind'] as const)
    .filter((name) => (names[name] ?? '') === '')
    .map((name) => required(`${path}.${name}`))
}
