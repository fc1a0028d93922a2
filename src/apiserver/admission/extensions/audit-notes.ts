import { exactJson } from '../../../lang/json/exact-json.js'
import type { ExpressionScope } from '../../../api/admissionregistration/expressions.js'
import type { ValidatingAdmissionPolicy } from '../../../api/admissionregistration/generated.js'
import type { AdmissionAttributes } from '../plugin.js'
import type { CostBudget, ExpressionValues } from './evaluation.js'
import { evaluateAll } from './evaluation.js'

/** Longest value of an annotation, in bytes. */
const MOST_BYTES = 10 * 1024

/**
 * Collects the auditAnnotations of a policy for one request, over all bindings and parameters. Source:
 * apiserver pkg/admission/plugin/policy/validating, validator.go Validate and dispatcher.go
 * auditAnnotationCollector.
 */
export class AuditNotes {
  readonly #policy: ValidatingAdmissionPolicy
  readonly #values = new Map<string, string[]>()

  constructor(policy: ValidatingAdmissionPolicy) {
    this.#policy = policy
  }

  /** Evaluates the annotations for one binding and parameter. Returns the faults of those that fail. */
  take(scope: ExpressionScope, values: ExpressionValues, budget: CostBudget): readonly string[] {
    const { auditAnnotations = [] } = this.#policy.spec
    const expressions = auditAnnotations.map(({ valueExpression }) => valueExpression)
    const evaluated = evaluateAll(expressions, scope, values, budget)
    if (evaluated.error !== undefined) return [evaluated.error]
    const faults: string[] = []
    for (const [at, { key, valueExpression }] of auditAnnotations.entries()) {
      const { value, error } = { value: undefined, error: undefined, ...evaluated.results[at] }
      if (error !== undefined) faults.push(error)
      else if (typeof value === 'string') this.#add(key, value.trim())
      else if (value !== null) {
        const name = celTypeName(value)
        const type = `unsupported return type: ${name}. Return type must be either string or null.`
        faults.push(`valueExpression '${valueExpression}' resulted in ${type}`)
      }
    }
    return faults
  }

  /** Adds a value, unless another binding has added the same. */
  #add(key: string, value: string): void {
    if (value === '') return
    const known = this.#values.get(key)
    const cut = cutAt(value, MOST_BYTES)
    if (known === undefined) this.#values.set(key, [cut])
    else if (!known.includes(cut)) known.push(cut)
  }

  /** Adds the collected annotations to the audit event of the request. */
  publish({ annotate }: AdmissionAttributes): void {
    for (const [key, values] of this.#values)
      annotate(`${this.#policy.metadata.name ?? ''}/${key}`, values.join(', '))
  }
}

function cutAt(text: string, bytes: number): string {
  if (text.length * 3 <= bytes) return text
  const encoded = new TextEncoder().encode(text)
  return encoded.length <= bytes ? text : new TextDecoder().decode(encoded.subarray(0, bytes))
}

function celTypeName(value: unknown): string {
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
    case 'number':
      return 'double'
    default:
      return Array.isArray(value) ? 'list' : 'map'
  }
}

/** Returns JSON as Go writes it, with <, >, & and line separators escaped. */
export function goJson(value: unknown): string {
  return exactJson(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
