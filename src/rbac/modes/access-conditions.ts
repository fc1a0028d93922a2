/** Source: apiserver pkg/authorization/cel, the match conditions of an AuthorizationConfiguration. */
import { InputError } from '../../lang/input-error.js'
import type { SubjectAccessReviewSpec } from '../../api/authorization/generated.js'
import { compile, type CelProgram } from '../../api/cel/compile.js'
import { BOOL, listOf, mapOf, objectOf, STRING, typeText } from '../../lang/cel/check/types.js'
import { CelError, fromJson } from '../../lang/cel/values.js'

const requirement = objectOf('kubernetes.SelectorRequirement', {
  key: STRING,
  operator: STRING,
  values: listOf(STRING),
})
const selector = (name: string): ReturnType<typeof objectOf> =>
  objectOf(name, { rawSelector: STRING, requirements: listOf(requirement) })

/** `request`. Source: buildRequestType of pkg/authorization/cel/compile.go. */
const REQUEST = objectOf('kubernetes.SubjectAccessReviewSpec', {
  resourceAttributes: objectOf('kubernetes.ResourceAttributes', {
    namespace: STRING,
    verb: STRING,
    group: STRING,
    version: STRING,
    resource: STRING,
    subresource: STRING,
    name: STRING,
    fieldSelector: selector('kubernetes.FieldSelectorAttributes'),
    labelSelector: selector('kubernetes.LabelSelectorAttributes'),
  }),
  nonResourceAttributes: objectOf('kubernetes.NonResourceAttributes', { path: STRING, verb: STRING }),
  user: STRING,
  groups: listOf(STRING),
  extra: mapOf(STRING, listOf(STRING)),
  uid: STRING,
})
const VARIABLES = new Map([['request', REQUEST]])

/** Returns the program of a match condition, or why an expression cannot be one. */
function conditionOf(expression: string): CelProgram | string {
  const { error, program } = compile(expression, VARIABLES)
  if (error !== undefined) return `compilation failed: ${error}`
  return program.type.kind === BOOL.kind ? program : `must evaluate to bool but got ${typeText(program.type)}`
}

/** Returns why an expression cannot be a match condition; undefined if it can. */
export function conditionFault(expression: string): string | undefined {
  const program = conditionOf(expression)
  return typeof program === 'string' ? program : undefined
}

/** Expressions that decide whether a webhook is asked about a request. */
export class AccessConditions {
  readonly #programs: readonly { readonly expression: string; readonly program: CelProgram }[]

  /** @throws InputError for an expression that is invalid */
  constructor(conditions: readonly { readonly expression: string }[]) {
    this.#programs = conditions.map(({ expression }) => {
      const program = conditionOf(expression)
      if (typeof program === 'string')
        throw new InputError(`a match condition of the authorization webhook: ${expression}: ${program}`)
      return { expression, program }
    })
  }

  /** Whether all hold; one that is false weighs more than those that fail. */
  match(spec: SubjectAccessReviewSpec): { readonly matches: boolean; readonly error?: string } {
    if (this.#programs.length === 0) return { matches: true }
    const request = fromJson(withEveryField(spec))
    const errors: string[] = []
    for (const { expression, program } of this.#programs) {
      const { value } = program.measure({ request })
      if (value === false) return { matches: false }
      if (value instanceof CelError)
        errors.push(`cel evaluation error: expression '${expression}' resulted in error: ${value.message}`)
    }
    if (errors.length === 0) return { matches: true }
    return { matches: false, error: errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]` }
  }
}

/** Returns a spec with the texts that it leaves out. Source: convertObjectToUnstructured. */
function withEveryField({
  resourceAttributes: asked,
  nonResourceAttributes: path,
  ...who
}: SubjectAccessReviewSpec): object {
  const resource = {
    namespace: '',
    verb: '',
    group: '',
    version: '',
    resource: '',
    subresource: '',
    name: '',
  }
  return {
    ...{ user: '', groups: [], uid: '', extra: {}, ...who },
    ...(asked === undefined ? {} : { resourceAttributes: { ...resource, ...asked } }),
    ...(path === undefined ? {} : { nonResourceAttributes: { path: '', verb: '', ...path } }),
  }
}
