import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { served, servedAs } from '../kind/served-as.js'
import type { ValidatingWebhook } from './generated.js'
import {
  validatingAdmissionPolicyBindingDefinition,
  validatingAdmissionPolicyDefinition,
} from './policies.js'
import {
  mutatingWebhookConfigurationDefinition,
  validatingWebhookConfigurationDefinition,
} from './webhooks.js'

const group = 'admissionregistration.k8s.io'

/**
 * Defaults of v1beta1 that differ from those of v1. Source:
 * pkg/apis/admissionregistration/v1beta1/defaults.go.
 */
function setBetaDefaults({ webhooks = [] }: { webhooks?: Draft<ValidatingWebhook>[] }): void {
  for (const webhook of webhooks) {
    webhook.failurePolicy ??= 'Ignore'
    webhook.matchPolicy ??= 'Exact'
    if ((webhook.sideEffects as string) === '') webhook.sideEffects = 'Unknown'
    webhook.timeoutSeconds ??= 30
    if ((webhook.admissionReviewVersions ?? []).length === 0) webhook.admissionReviewVersions = ['v1beta1']
  }
}

/** The kinds of admissionregistration.k8s.io. */
export const admissionregistrationDefinitions: readonly KindDefinition[] = [
  served(mutatingWebhookConfigurationDefinition, { since: 16 }),
  served(validatingAdmissionPolicyBindingDefinition, { since: 30 }),
  served(validatingAdmissionPolicyDefinition, { since: 30 }),
  served(validatingWebhookConfigurationDefinition, { since: 16 }),
  served(servedAs(mutatingWebhookConfigurationDefinition, group, 'v1beta1', setBetaDefaults as never), {
    until: 22,
  }),
  served(servedAs(validatingWebhookConfigurationDefinition, group, 'v1beta1', setBetaDefaults as never), {
    until: 22,
  }),
]
