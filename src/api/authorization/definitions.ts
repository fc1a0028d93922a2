import { defineKind } from '../kind/define.js'
import type { KindDefinition, KubeObject } from '../kind/definition.js'
import { served, servedAs } from '../kind/served-as.js'

const GROUP = 'authorization.k8s.io'

/** Defines a kind that is never stored: its endpoint computes the response. */
function review(kind: string, resource: string, namespaced: boolean): KindDefinition {
  return defineKind<KubeObject>({
    group: GROUP,
    version: 'v1',
    kind,
    resource,
    namespaced,
    verbs: ['create'],
    storagePrefix: `/registry/${resource}`,
    strategy: {},
    columns: [],
  })
}

const reviews = [
  review('LocalSubjectAccessReview', 'localsubjectaccessreviews', true),
  review('SelfSubjectAccessReview', 'selfsubjectaccessreviews', false),
  review('SelfSubjectRulesReview', 'selfsubjectrulesreviews', false),
  review('SubjectAccessReview', 'subjectaccessreviews', false),
]

/** The kinds of authorization.k8s.io. None is stored. */
export const authorizationDefinitions: readonly KindDefinition[] = [
  ...reviews,
  ...reviews.map((definition) => served(servedAs(definition, GROUP, 'v1beta1'), { until: 22 })),
]
