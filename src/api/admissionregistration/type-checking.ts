import { compile } from '../cel/compile.js'
import type { CelType } from '../../lang/cel/check/types.js'
import { DYN } from '../../lang/cel/check/types.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Scheme } from '../scheme.js'
import { parseApiVersion } from '../api-version.js'
import { scopeTypes, VariableTypes } from './expressions.js'
import type { ExpressionWarning, NamedRuleWithOperations, ValidatingAdmissionPolicy } from './generated.js'
import { objectType } from './object-types.js'

/** Most types that are checked. */
const MOST_TYPES = 10

/**
 * Returns the warnings of a policy's type checking: each expression is compiled for each type that the policy
 * matches. Source: apiserver pkg/admission/plugin/policy/validating/typechecking.go.
 */
export function typeWarnings(
  { spec }: ValidatingAdmissionPolicy,
  scheme: Scheme,
): readonly ExpressionWarning[] {
  const kinds = kindsOf(spec.matchConstraints?.resourceRules ?? [], scheme)
  const params = paramsType(spec.paramKind, scheme)
  const environments = kinds.map((kind) => ({
    kind,
    types: environment(objectType(scheme, kind), params, spec.variables ?? []),
  }))
  const check = (fieldRef: string, expression: string | undefined): readonly ExpressionWarning[] => {
    if (expression === undefined || expression === '') return []
    const faults = environments.flatMap(({ kind: { group, version, kind }, types }) => {
      const { error } = compile(expression, types)
      return error === undefined ? [] : [`${group}/${version}, Kind=${kind}: ${error}\n`]
    })
    return faults.length === 0 ? [] : [{ fieldRef, warning: faults.join('\n') }]
  }
  return (spec.validations ?? []).flatMap(({ expression, messageExpression }, at) => [
    ...check(`spec.validations[${at}].expression`, expression),
    ...check(`spec.validations[${at}].messageExpression`, messageExpression),
  ])
}

function environment(
  object: CelType,
  params: CelType | undefined,
  variables: readonly { readonly name: string; readonly expression: string }[],
): ReadonlyMap<string, CelType> {
  const known = new VariableTypes()
  const all = new Map<string, CelType>([
    ...scopeTypes({ params: false, variables: known }),
    ['object', object],
    ['oldObject', object],
    ...(params === undefined ? [] : [['params', params] as const]),
  ])
  for (const { name, expression } of variables) known.add(name, compile(expression, all).program?.type ?? DYN)
  return all
}

/** Type of `params`. Undefined if the kind is unknown: `params` is then not declared. */
function paramsType(
  paramKind: ValidatingAdmissionPolicy['spec']['paramKind'],
  scheme: Scheme,
): CelType | undefined {
  const { apiVersion = '', kind = '' } = paramKind ?? {}
  const { group, version } = parseApiVersion(apiVersion)
  const definition = scheme.byKind(group, version, kind)
  return definition === undefined ? undefined : objectType(scheme, definition)
}

/** Returns the kinds that the rules name without wildcards, sorted. */
function kindsOf(rules: readonly NamedRuleWithOperations[], scheme: Scheme): readonly KindDefinition[] {
  const found = new Set<KindDefinition>()
  for (const { apiGroups = [], apiVersions = [], resources = [] } of rules) {
    if ([...apiGroups, ...apiVersions].some((text) => text.includes('*'))) continue
    const plain = resources.filter((text) => !/[*/]/.test(text))
    let count = 0
    for (const group of [...apiGroups].sort()) {
      for (const version of [...apiVersions].sort()) {
        for (const resource of [...plain].sort()) {
          const definition = scheme.byResource(group, version, resource)
          if (definition === undefined) continue
          found.add(definition)
          count++
          if (count === MOST_TYPES) return sorted(found)
        }
      }
    }
  }
  return sorted(found)
}

function sorted(kinds: ReadonlySet<KindDefinition>): readonly KindDefinition[] {
  const key = ({ group, version, kind }: KindDefinition): readonly string[] => [group, version, kind]
  return [...kinds].sort((a, b) => {
    const [left, right] = [key(a), key(b)]
    const at = left.findIndex((text, index) => text !== right[index])
    return at < 0 ? 0 : (left[at] ?? '') < (right[at] ?? '') ? -1 : 1
  })
}
