import type { SelfSubjectRulesReview } from '../../api/authorization/generated.js'
import type { KubeObject } from '../../api/definition.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import { badRequest } from '../errors.js'
import type { NonResourceRule, ResourceRule } from '../authorization/authorizer.js'
import type { Call, RegistryContext } from '../registry/context.js'
import { decodeReview } from './review-body.js'

/**
 * POST selfsubjectrulesreviews: what may I do in that namespace? The namespace is not repeated in the answer.
 * Source: pkg/registry/authorization/selfsubjectrulesreview/rest.go.
 */
export function reviewOwnRules(context: RegistryContext, call: Call): KubeObject {
  const { spec, metadata, apiVersion, kind } = decodeReview<SelfSubjectRulesReview>(
    context,
    call,
  ) as SelfSubjectRulesReview
  const { namespace = '' } = spec
  if (namespace === '') throw badRequest('no namespace on request')
  const held = context.dependencies.ruleResolver?.rulesFor(call.user, namespace)
  const review = {
    kind,
    apiVersion,
    metadata,
    spec: {},
    status: {
      resourceRules: held?.resourceRules.map(resourceRule) ?? [],
      nonResourceRules: held?.nonResourceRules.map(pathRule) ?? [],
      incomplete: held?.incomplete ?? false,
      ...(held?.error === undefined ? {} : { evaluationError: held.error }),
    },
  } as SelfSubjectRulesReview
  return deepFreeze(review)
}

function resourceRule({ verbs, apiGroups, resources, resourceNames }: ResourceRule): ResourceRule {
  return {
    verbs,
    ...(apiGroups && { apiGroups }),
    ...(resources && { resources }),
    ...(resourceNames && { resourceNames }),
  }
}

function pathRule({ verbs, nonResourceURLs }: NonResourceRule): NonResourceRule {
  return { verbs, ...(nonResourceURLs && { nonResourceURLs }) }
}
