import { repeats } from '../validation/repeats.js'
import { ageColumn, column, defineKind, nameColumn, specChangedInGo } from '../kind/define.js'
import type { KindDefinition, KubeObject } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { duplicate, invalid, notSupported, required } from '../field-error.js'
import type { FieldError } from '../field-error.js'
import { validateLabelSelector } from '../meta/label-validation.js'
import { dns1035LabelFaults, dnsSubdomainFaults } from '../validation/names.js'
import { validateClientConfig } from '../validation/webhook-client.js'
import type {
  MutatingWebhook,
  MutatingWebhookConfiguration,
  ValidatingWebhook,
  ValidatingWebhookConfiguration,
} from './generated.js'
import { validateMatchConditions } from './match-conditions.js'
import { validateRule } from './rules-validation.js'

const REVIEW_VERSIONS = ['v1', 'v1beta1']
const SIDE_EFFECTS = ['None', 'NoneOnDryRun']

type Webhook = ValidatingWebhook & Pick<MutatingWebhook, 'reinvocationPolicy'>
type Configuration = KubeObject & { readonly webhooks?: readonly Webhook[] }

/** Defaults of v1. Source: pkg/apis/admissionregistration/v1/defaults.go. */
export function setWebhookDefaults(webhook: Draft<ValidatingWebhook>): void {
  webhook.failurePolicy ??= 'Fail'
  webhook.matchPolicy ??= 'Equivalent'
  webhook.namespaceSelector ??= {}
  webhook.objectSelector ??= {}
  webhook.timeoutSeconds ??= 10
  for (const rule of webhook.rules ?? []) rule.scope ??= '*'
  const { service } = webhook.clientConfig
  if (service !== undefined) service.port ??= 443
}

function fullyQualified(name: string, path: string): readonly FieldError[] {
  if (name === '') return [required(path)]
  const faults = dnsSubdomainFaults(name)
  if (faults.length > 0) return [invalid(path, name, faults.join(','))]
  return name.split('.').length < 3
    ? [invalid(path, name, 'should be a domain with at least three segments separated by dots')]
    : []
}

/** Source: validateValidatingWebhook and validateMutatingWebhook. */
function validateWebhook(webhook: Webhook, path: string): readonly FieldError[] {
  const {
    name,
    rules = [],
    failurePolicy,
    matchPolicy,
    sideEffects,
    timeoutSeconds,
    reinvocationPolicy,
  } = webhook
  const errors: FieldError[] = [...fullyQualified(name, `${path}.name`)]
  rules.forEach((rule, at) => errors.push(...validateRule(rule, `${path}.rules[${at}]`)))
  const oneOf = (field: string, value: string | undefined, supported: readonly string[]): void => {
    if (value !== undefined && !supported.includes(value))
      errors.push(notSupported(`${path}.${field}`, value, supported))
  }
  oneOf('failurePolicy', failurePolicy, ['Fail', 'Ignore'])
  oneOf('matchPolicy', matchPolicy, ['Equivalent', 'Exact'])
  const effects = sideEffects as string | undefined | null
  if (effects === undefined || effects === null) {
    errors.push(required(`${path}.sideEffects`, `must specify one of ${SIDE_EFFECTS.join(', ')}`))
  } else oneOf('sideEffects', effects, SIDE_EFFECTS)
  if (timeoutSeconds !== undefined && (timeoutSeconds > 30 || timeoutSeconds < 1)) {
    errors.push(
      invalid(`${path}.timeoutSeconds`, timeoutSeconds, 'the timeout value must be between 1 and 30 seconds'),
    )
  }
  errors.push(...validateLabelSelector(webhook.namespaceSelector, `${path}.namespaceSelector`))
  errors.push(...validateLabelSelector(webhook.objectSelector, `${path}.objectSelector`))
  oneOf('reinvocationPolicy', reinvocationPolicy, ['IfNeeded', 'Never'])
  errors.push(
    ...validateClientConfig(
      webhook.clientConfig,
      `${path}.clientConfig`,
      'exactly one of url or service is required',
    ),
  )
  return [
    ...errors,
    ...validateMatchConditions(webhook.matchConditions ?? [], { params: false }, `${path}.matchConditions`),
  ]
}

/** Source: validateAdmissionReviewVersions. */
function validateVersions(versions: readonly string[], path: string): readonly FieldError[] {
  if (versions.length === 0) return [required(path, `must specify one of ${REVIEW_VERSIONS.join(', ')}`)]
  const errors: FieldError[] = []
  const repeated = repeats(versions)
  versions.forEach((version, at) => {
    if (repeated.has(at)) errors.push(invalid(`${path}[${at}]`, version, 'duplicate version'))
    else
      for (const fault of dns1035LabelFaults(version)) errors.push(invalid(`${path}[${at}]`, version, fault))
  })
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version))) {
    errors.push(invalid(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`))
  }
  return errors
}

function validate({ webhooks = [] }: Configuration): readonly FieldError[] {
  const repeated = repeats(webhooks, ({ name }) => name)
  return webhooks.flatMap((webhook, at) => {
    const path = `webhooks[${at}]`
    const isTwice = webhook.name !== '' && repeated.has(at)
    return [
      ...validateWebhook(webhook, path),
      ...validateVersions(webhook.admissionReviewVersions, `${path}.admissionReviewVersions`),
      ...(isTwice ? [duplicate(`${path}.name`, webhook.name)] : []),
    ]
  })
}

const common = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  categories: ['api-extensions'],
  namespaced: false,
  validate: (object: KubeObject) => validate(object as Configuration),
} as const

const columns = [
  nameColumn<KubeObject>(),
  column<KubeObject>('Webhooks', (object) => (object as Configuration).webhooks?.length ?? 0, 'integer'),
  ageColumn<KubeObject>(),
]
const strategy = {
  metaOnUpdate: [1, 0] as const,
  allowUnconditionalUpdate: false,
  generationChanged: (next: KubeObject, old: KubeObject): boolean =>
    specChangedInGo({ spec: (next as Configuration).webhooks }, { spec: (old as Configuration).webhooks }),
}

/** admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration. */
export const validatingWebhookConfigurationDefinition: KindDefinition<ValidatingWebhookConfiguration> =
  defineKind<ValidatingWebhookConfiguration>({
    ...common,
    kind: 'ValidatingWebhookConfiguration',
    resource: 'validatingwebhookconfigurations',
    storagePrefix: '/registry/validatingwebhookconfigurations',
    setDefaults: ({ webhooks = [] }) => webhooks.forEach(setWebhookDefaults),
    strategy,
    columns,
  })

/** admissionregistration.k8s.io/v1 MutatingWebhookConfiguration. */
export const mutatingWebhookConfigurationDefinition: KindDefinition<MutatingWebhookConfiguration> =
  defineKind<MutatingWebhookConfiguration>({
    ...common,
    kind: 'MutatingWebhookConfiguration',
    resource: 'mutatingwebhookconfigurations',
    storagePrefix: '/registry/mutatingwebhookconfigurations',
    setDefaults: ({ webhooks = [] }) => {
      for (const webhook of webhooks) {
        setWebhookDefaults(webhook)
        webhook.reinvocationPolicy ??= 'Never'
      }
    },
    strategy,
    columns,
  })
