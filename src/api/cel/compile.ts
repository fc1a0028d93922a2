import type { Expr } from '../../lang/cel/parse/ast.js'
import { checkExpression, type CheckedExpr, type CelVariables } from '../../lang/cel/check/checker.js'
import { planExpression, PlanError } from '../../lang/cel/interpreter.js'
import type { PlannedStep } from '../../lang/cel/step.js'
import { issuesText } from '../../lang/cel/parse/issues.js'
import { functionsOf } from './libraries.js'
import { parseExpression } from '../../lang/cel/parse/parser.js'
import { Tracker } from '../../lang/cel/tracker.js'
import type { CelType } from '../../lang/cel/check/types.js'
import { validateExpression } from '../../lang/cel/check/validate.js'
import { CelFault, CelError, fromJson, type Value } from '../../lang/cel/values.js'

/** What one run of an expression may cost. Source: apiserver pkg/apis/cel/config.go PerCallLimit. */
export const CALL_COST_LIMIT = 1_000_000

/** A compiled expression. */
export interface CelProgram {
  readonly type: CelType
  /** Names of the variables that it uses. */
  readonly used: ReadonlySet<string>
  /** The checked expression, from which costs are estimated. */
  readonly expr: Expr
  readonly checked: CheckedExpr
  /** Set if the expression cannot run: `int('x')`. */
  readonly fault: string | undefined
  /** Runs it over values of its variables. Throws {@link CelFault} with cel-go's text. */
  readonly run: (values: VariableValues) => Value
  /** Runs it and returns the value or its error, and what that cost. */
  readonly measure: (values: VariableValues) => { readonly value: Value; readonly cost: number }
}

/** Values of variables: JSON, or values of expressions. */
export type VariableValues = Readonly<Record<string, unknown>>

/** A program, or the error of the expression (without `compilation failed: `). */
export type Compiled =
  | { readonly program: CelProgram; readonly error?: undefined }
  | { readonly program?: undefined; readonly error: string }

/** What expressions may use. */
export interface CompileOptions {
  /** Whether cel-go's lists are there, which servers of 1.34 know in stored expressions only. */
  readonly lists?: boolean
  /** Whether `cel.bind` is there, as in selectors of devices. */
  readonly bindings?: boolean
}

/** Compiles an expression over these variables. */
export function compile(
  expression: string,
  variables: CelVariables,
  { lists = false, bindings = false }: CompileOptions = {},
): Compiled {
  const { expr, issues } = parseExpression(expression, { lists, bindings })
  if (expr === undefined) return { error: issuesText(expression, issues) }
  const checked = checkExpression(expr, variables, functionsOf({ lists }))
  const faults = checked.issues.length > 0 ? checked.issues : validateExpression(expr, checked)
  return faults.length > 0 ? { error: issuesText(expression, faults) } : { program: programOf(expr, checked) }
}

function programOf(expr: Expr, checked: CheckedExpr): CelProgram {
  const plan = planned(expr, checked)
  const measure: CelProgram['measure'] = (values) => {
    if (typeof plan === 'string') throw new CelFault(plan)
    const tracker = new Tracker(CALL_COST_LIMIT)
    try {
      return { value: plan.eval(scopeOf(values, tracker)), cost: tracker.cost }
    } catch (error) {
      if (error instanceof CelFault) return { value: new CelError(error.message), cost: tracker.cost }
      throw error
    }
  }
  return {
    type: checked.type,
    used: checked.used,
    expr,
    checked,
    fault: typeof plan === 'string' ? plan : undefined,
    measure,
    run: (values) => {
      const { value } = measure(values)
      if (value instanceof CelError) throw new CelFault(value.message)
      return value
    },
  }
}

function planned(expr: Expr, checked: CheckedExpr): PlannedStep | string {
  try {
    return planExpression(expr, checked)
  } catch (error) {
    if (error instanceof PlanError) return error.message
    throw error
  }
}

function scopeOf(
  values: VariableValues,
  tracker: Tracker,
): { tracker: Tracker; resolve(name: string): Value | undefined } {
  return { tracker, resolve: (name) => (Object.hasOwn(values, name) ? fromJson(values[name]) : undefined) }
}
