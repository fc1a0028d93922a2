import { Environment, EvaluationError, ParseError } from '@marcbachmann/cel-js'
import type { CelNode } from './ast.js'
import type { Overloads, Variables } from './checker.js'
import { checkExpression } from './checker.js'
import { issuesText, syntaxIssues } from './issues.js'
import type { Library } from './library.js'
import { CelFault, registerLibrary } from './library.js'
import { authorizerLibrary } from './lib-authorizer.js'
import { collectionsLibrary, SetsNamespace } from './lib-collections.js'
import { formatLibrary } from './lib-format.js'
import { FormatNamespace, IpNamespace, networkLibrary } from './lib-network.js'
import { quantityLibrary } from './lib-quantity.js'
import { standardLibrary, StringsNamespace } from './lib-standard.js'
import { registerMacros } from './macros.js'
import type { Overload } from './signature.js'
import { parseSignature } from './signature.js'
import type { CelType } from './types.js'

/** A compiled expression. */
export interface Program {
  readonly type: CelType
  /** Names of the variables that it uses. */
  readonly used: ReadonlySet<string>
  /** Throws {@link CelFault} with cel-go's text. */
  readonly run: (values: Readonly<Record<string, unknown>>) => unknown
}

/** A program, or the error of the expression (without `compilation failed: `). */
export type Compiled =
  | { readonly program: Program; readonly error?: undefined }
  | { readonly program?: undefined; readonly error: string }

const LIBRARIES: readonly Library[] = [
  standardLibrary,
  collectionsLibrary,
  quantityLibrary,
  networkLibrary,
  formatLibrary,
  authorizerLibrary,
]

interface Shared {
  readonly environment: Environment
  readonly overloads: Overloads
}

/** Made on the first compilation, because most clusters have no expressions. */
let shared: Shared | undefined

function environment(): Shared {
  if (shared !== undefined) return shared
  const made = new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
  })
  const overloads = new Map<string, Overload[]>()
  for (const library of LIBRARIES) {
    registerLibrary(made, library)
    for (const { check, namespaced = false } of library.functions) {
      for (const text of check) {
        const overload = parseSignature(text, namespaced)
        const list = overloads.get(overload.name)
        if (list === undefined) overloads.set(overload.name, [overload])
        else list.push(overload)
      }
    }
  }
  made.registerConstant('sets', 'SetsNamespace', new SetsNamespace())
  made.registerConstant('strings', 'StringsNamespace', new StringsNamespace())
  made.registerConstant('ip', 'IpNamespace', new IpNamespace())
  made.registerConstant('format', 'FormatNamespace', new FormatNamespace())
  registerMacros(made)
  return (shared = { environment: made, overloads })
}

/** Compiles an expression over these variables. Equal texts and types share the program. */
export function compile(expression: string, variables: Variables): Compiled {
  const { environment: made, overloads } = environment()
  try {
    const parsed = made.parse(expression)
    const { type, issues, used } = checkExpression(
      expression,
      parsed.ast as unknown as CelNode,
      variables,
      overloads,
    )
    if (issues.length > 0) return { error: issuesText(expression, issues) }
    return { program: { type, used, run: (values) => run(parsed, values) } }
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    const position =
      (error as { readonly range?: { readonly start: number } }).range?.start ?? expression.length
    return { error: issuesText(expression, syntaxIssues(expression, position, summaryOf(error))) }
  }
}

const summaryOf = (error: Error): string => (error as { readonly summary?: string }).summary ?? error.message

function run(
  parsed: (values: Record<string, unknown>) => unknown,
  values: Readonly<Record<string, unknown>>,
): unknown {
  try {
    return parsed(values)
  } catch (error) {
    throw error instanceof EvaluationError ? new CelFault(faultText(error)) : error
  }
}

/** Returns a fault at run time with cel-go's text. */
function faultText(error: Error): string {
  const text = summaryOf(error)
  const { code } = error as { readonly code?: string }
  switch (code) {
    case 'no_such_key':
      return text.replace(/^No such key/, 'no such key')
    case 'index_out_of_bounds':
      return `index out of bounds: ${/index (-?\d+)/.exec(text)?.[1] ?? ''}`
    case 'no_such_overload':
    case 'no_matching_overload':
    case 'invalid_logical_operand':
    case 'invalid_condition_type':
      return 'no such overload'
    case 'modulo_by_zero':
      return 'modulus by zero'
    case 'numeric_overflow':
      return 'integer overflow'
    default:
      return text
  }
}
