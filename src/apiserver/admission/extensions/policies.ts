import { quote } from '../../../lang/go/quote.js'
import { parseApiVersion } from '../../../api/api-version.js'
import type { ExpressionScope } from '../../../api/admissionregistration/expressions.js'
import { variablesOf } from '../../../api/admissionregistration/policies.js'
import type {
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  Validation,
} from '../../../api/admissionregistration/generated.js'
import { CelFault, fromJson } from '../../../lang/cel/values.js'
import type { KindDefinition, KubeObject } from '../../../api/kind/definition.js'
import { selectorMatches } from '../../../api/selectors/labels.js'
import { ApiError } from '../../../client/api-error.js'
import { forbidden } from '../../errors.js'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from '../plugin.js'
import type { ExtensionConfiguration } from './configuration.js'
import type { CostBudget, Evaluated, ExpressionValues } from './evaluation.js'
import { BINDING_COST_LIMIT, conditionsHold, evaluate, evaluateAll, requestValues } from './evaluation.js'
import { AuditNotes, goJson } from './audit-notes.js'
import { isExempt, matchedVersion } from './matching.js'

/** A validation that failed or could not be evaluated. `index` is its place in the policy. */
interface Denial {
  readonly index: number
  readonly policy: string
  readonly binding: string
  readonly message: string
  readonly reason: string
}

/** The plugin ValidatingAdmissionPolicy. Source: apiserver pkg/admission/plugin/policy/validating. */
export function validatingAdmissionPolicy(configuration: ExtensionConfiguration): AdmissionPlugin {
  return {
    name: 'ValidatingAdmissionPolicy',
    seesConnections: true,
    validate: (attributes, context) => {
      if (configuration.policies.length === 0 || configuration.bindings.length === 0 || isExempt(attributes))
        return
      const denials = configuration.policies.flatMap((policy) =>
        new PolicyCheck(configuration, policy, attributes, context).denials(),
      )
      const [first] = denials
      if (first !== undefined) throw denied(attributes, first)
    },
  }
}

const VALIDATION_FAILURE = 'validation.policy.admission.k8s.io/validation_failure'

const CODES: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  Forbidden: 403,
  RequestEntityTooLarge: 413,
}

function denied(
  { definition, name }: AdmissionAttributes,
  { policy, binding, message, reason }: Denial,
): ApiError {
  const text = `ValidatingAdmissionPolicy '${policy}' with binding '${binding}' denied request: ${message}`
  const {
    status: { message: full = '', details = {} },
  } = forbidden(definition, name, text)
  return new ApiError(CODES[reason] ?? 422, reason as 'Invalid', full, {
    ...details,
    causes: [{ message: text } as never],
  })
}

class PolicyCheck {
  readonly #configuration: ExtensionConfiguration
  readonly #policy: ValidatingAdmissionPolicy
  readonly #attributes: AdmissionAttributes
  readonly #context: AdmissionContext

  constructor(
    configuration: ExtensionConfiguration,
    policy: ValidatingAdmissionPolicy,
    attributes: AdmissionAttributes,
    context: AdmissionContext,
  ) {
    this.#configuration = configuration
    this.#policy = policy
    this.#attributes = attributes
    this.#context = context
  }

  denials(): readonly Denial[] {
    const {
      metadata: { name = '' },
      spec: { matchConstraints },
    } = this.#policy
    const bindings = this.#configuration.bindings.filter(({ spec }) => spec.policyName === name)
    if (bindings.length === 0 || matchConstraints === undefined) return []
    const as = this.#matched(matchConstraints)
    if (as === undefined) return []
    let values: ExpressionValues | undefined
    const notes = new AuditNotes(this.#policy)
    const denials = bindings.flatMap((binding) => {
      const { matchResources } = binding.spec
      if (matchResources !== undefined && this.#matched(matchResources) === undefined) return []
      return this.#enforce(binding, notes, (values ??= requestValues(this.#attributes, as, this.#context)))
    })
    notes.publish(this.#attributes)
    return denials
  }

  #matched(
    resources: NonNullable<ValidatingAdmissionPolicy['spec']['matchConstraints']>,
  ): KindDefinition | undefined {
    const {
      resourceRules = [],
      excludeResourceRules,
      namespaceSelector,
      objectSelector,
      matchPolicy,
    } = resources
    const everything = {
      operations: ['*'],
      apiGroups: ['*'],
      apiVersions: ['*'],
      resources: ['*/*'],
    } as const
    const criteria = {
      rules: resourceRules.length === 0 ? [everything] : resourceRules,
      excluded: excludeResourceRules,
      namespaceSelector,
      objectSelector,
      matchPolicy,
    }
    return matchedVersion(criteria, this.#attributes, this.#context, (definition) =>
      this.#configuration.versions(definition),
    )
  }

  /** Handles the failed validations of a binding: denies, warns or audits. */
  #enforce(
    binding: ValidatingAdmissionPolicyBinding,
    notes: AuditNotes,
    values: ExpressionValues,
  ): readonly Denial[] {
    const found = this.#params(binding.spec.paramRef)
    if (typeof found === 'string') {
      return this.#fails ? [this.#denial(binding, `failed to configure binding: ${found}`, 'Invalid')] : []
    }
    return found.flatMap((params) => {
      const { denials, faults } = this.#evaluate(binding, notes, { ...values, params: fromJson(params) })
      return [...denials.filter((denial) => this.#act(denial, binding)), ...faults]
    })
  }

  /** Takes the actions of a binding for a failed validation. Returns whether the request is denied. */
  #act(
    { index, message }: Denial,
    {
      metadata: { name = '' },
      spec: { policyName = '', validationActions = [] },
    }: ValidatingAdmissionPolicyBinding,
  ): boolean {
    const { warn, annotate } = this.#attributes
    for (const action of validationActions) {
      if (action === 'Warn') {
        warn(
          `Validation failed for ValidatingAdmissionPolicy '${this.#policy.metadata.name ?? ''}' with ` +
            `binding '${name}': ${message}`,
        )
      } else if (action === 'Audit') {
        annotate(
          VALIDATION_FAILURE,
          goJson([{ message, policy: policyName, binding: name, expressionIndex: index, validationActions }]),
        )
      }
    }
    return validationActions.includes('Deny')
  }

  get #fails(): boolean {
    return this.#policy.spec.failurePolicy !== 'Ignore'
  }

  #denial(
    { metadata }: ValidatingAdmissionPolicyBinding,
    message: string,
    reason: string,
    index = 0,
  ): Denial {
    return { index, policy: this.#policy.metadata.name ?? '', binding: metadata.name ?? '', message, reason }
  }

  /**
   * Returns the parameters of a binding, or why they cannot be found. Source: generic/policy_source.go
   * CollectParams.
   */
  #params(paramRef: ParamRef | undefined): readonly (KubeObject | null)[] | string {
    const { paramKind } = this.#policy.spec
    if (paramKind === undefined || paramRef === undefined) return [null]
    const { apiVersion = '', kind = '' } = paramKind
    const resource = this.#configuration.dependencies.resources.ofKind(apiVersion, kind)
    if (resource === undefined) {
      const { group, version } = parseApiVersion(apiVersion)
      return `failed to find resource referenced by paramKind: '${group}/${version}, Kind=${kind}'`
    }
    const given = paramRef.namespace ?? ''
    if (!resource.namespaced && given !== '')
      return 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`'
    const namespace = given === '' ? this.#attributes.namespace : given
    if (resource.namespaced && namespace === '') {
      return 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources'
    }
    const name = `${resource.resource}.${resource.definition.version}.${resource.group}`.replace(/\.$/, '')
    const plural = resource.group === '' ? resource.resource : name
    const found =
      (paramRef.name ?? '') === ''
        ? this.#context
            .list<KubeObject>(plural, resource.namespaced ? namespace : undefined)
            .filter(({ metadata }) => selectorMatches(paramRef.selector, metadata.labels))
        : [this.#context.get<KubeObject>(plural, namespace, paramRef.name ?? '')].filter(
            (object) => object !== undefined,
          )
    if (found.length > 0) return found
    return paramRef.parameterNotFoundAction === 'Allow'
      ? []
      : 'no params found for policy binding with `Deny` parameterNotFoundAction'
  }

  /** Failed validations; `faults` deny the request whatever the actions of the binding are. */
  #evaluate(
    binding: ValidatingAdmissionPolicyBinding,
    notes: AuditNotes,
    values: ExpressionValues,
  ): { readonly denials: readonly Denial[]; readonly faults: readonly Denial[] } {
    const { spec } = this.#policy
    const { scope } = variablesOf(spec)
    const conditions = conditionsHold(
      spec.matchConditions ?? [],
      { params: scope.params },
      values,
      spec.failurePolicy,
    )
    if (conditions.error !== undefined)
      return { denials: [this.#denial(binding, conditions.error, 'Invalid')], faults: [] }
    if (!conditions.matches) return { denials: [], faults: [] }
    const { validations = [], variables = [] } = spec
    const budget = { left: BINDING_COST_LIMIT }
    const withVariables = (from: CostBudget): ExpressionValues => ({
      ...values,
      variables: lazyVariables(variables, scope, values, from),
    })
    const rules = validations.map(({ expression }) => expression)
    const judged = evaluateAll(rules, scope, withVariables(budget), budget)
    if (judged.error !== undefined)
      return { denials: this.#fails ? [this.#denial(binding, judged.error, 'Invalid')] : [], faults: [] }
    const texts = validations.map(({ messageExpression = '' }) => messageExpression)
    const messages = evaluateAll(texts, scope, withVariables(budget), budget)
    const denials = validations.flatMap((validation, index): readonly Denial[] => {
      const result = judged.results[index]
      const error =
        result?.error ??
        (messages.error === undefined ? undefined : `failed messageExpression: ${messages.error}`)
      if (error !== undefined) return this.#fails ? [this.#denial(binding, error, 'Invalid', index)] : []
      if (result !== undefined && 'value' in result && result.value === true) return []
      const message = messageOf(validation, messages.results?.[index])
      return [this.#denial(binding, message, validation.reason ?? 'Invalid', index)]
    })
    const ofNotes = { left: BINDING_COST_LIMIT }
    const faults = notes.take(scope, withVariables(ofNotes), ofNotes)
    return {
      denials,
      faults: this.#fails ? faults.map((fault) => this.#denial(binding, fault, 'Invalid')) : [],
    }
  }
}

const MOST_MESSAGE_BYTES = 5 * 1024

/** The message of a failed validation: that of its messageExpression if it is one line of text. */
function messageOf({ message = '', expression }: Validation, computed: Evaluated | undefined): string {
  const { value } = { value: undefined, ...computed }
  const text = typeof value === 'string' ? value.trim() : ''
  if (text !== '' && text.length <= MOST_MESSAGE_BYTES && !text.includes('\n')) return text
  return message.trim() === '' ? `failed expression: ${expression.trim()}` : message.trim()
}

/**
 * Returns the value of `variables`. Each variable is evaluated on first use, sees those before it, and takes
 * its cost from the budget. Source: composition.go.
 */
function lazyVariables(
  variables: readonly { readonly name: string; readonly expression: string }[],
  scope: ExpressionScope,
  values: ExpressionValues,
  budget: CostBudget,
): object {
  const out: Record<string, unknown> = {}
  variables.forEach(({ name, expression }, at) => {
    let result: { readonly value: unknown } | undefined
    Object.defineProperty(out, name, {
      enumerable: true,
      get: () => {
        if (result === undefined) {
          const evaluated = evaluate(
            expression,
            { params: scope.params, ...(scope.variables && { variables: scope.variables.before(at) }) },
            { ...values, variables: out },
            budget,
          )
          if (evaluated.error !== undefined) {
            const why = evaluated.error.replace(/^expression '[^]*?' resulted in error: /, '')
            throw new CelFault(`composited variable ${quote(name)} fails to evaluate: ${why}`)
          }
          result = evaluated
        }
        return result.value
      },
    })
  })
  return out
}
