import { defineKind } from '../kind/define.js'
import type { KindDefinition, KubeObject, Verb } from '../kind/definition.js'
import { served, servedAs } from '../kind/served-as.js'

const GROUP = 'authentication.k8s.io'

/** Defines a kind that is never stored: its endpoint computes the response. */
function review(kind: string, resource: string, verbs: readonly Verb[] = ['create']): KindDefinition {
  return defineKind<KubeObject>({
    group: GROUP,
    version: 'v1',
    kind,
    resource,
    namespaced: false,
    verbs,
    storagePrefix: `/registry/${resource}`,
    strategy: {},
    columns: [],
  })
}

const tokenReview = review('TokenReview', 'tokenreviews')

/**
 * The kinds of authentication.k8s.io. None is stored; a TokenRequest is posted to
 * `serviceaccounts/NAME/token`.
 */
export const authenticationDefinitions: readonly KindDefinition[] = [
  served(review('SelfSubjectReview', 'selfsubjectreviews'), { since: 28 }),
  tokenReview,
  review('TokenRequest', 'tokenrequests', []),
  served(servedAs(tokenReview, GROUP, 'v1beta1'), { until: 22 }),
]
