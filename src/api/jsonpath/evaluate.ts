import { JsonPathError, type Operand, type Step } from './nodes.js'

/** Returns the values of a path from `value`; a missing field has none. */
export function evaluatePath(steps: readonly Step[], value: unknown): readonly unknown[] {
  let values: readonly unknown[] = [value]
  for (const step of steps) values = values.flatMap((one) => evaluateStep(step, one))
  return values
}

function evaluateStep(step: Step, value: unknown): readonly unknown[] {
  switch (step.kind) {
    case 'field':
      return fieldOf(value, step.name)
    case 'wildcard':
      return childrenOf(value)
    case 'recursive':
      return descendants(value)
    case 'slice':
      return sliceOf(step, value)
    case 'union':
      return step.paths.flatMap((path) => evaluatePath(path, value))
    case 'filter':
      return Array.isArray(value) ? value.filter((item: unknown) => passes(step, item)) : []
  }
}

function fieldOf(value: unknown, name: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
    return []
  const field = (value as Readonly<Record<string, unknown>>)[name]
  return field === undefined ? [] : [field]
}

/** Returns the items of a list, or the values of an object in key order (Go's order is random). */
function childrenOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, field]: [string, unknown]) => field)
}

function descendants(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? [value, ...childrenOf(value).flatMap(descendants)] : []
}

function sliceOf(step: Extract<Step, { kind: 'slice' }>, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) return []
  const at = (index: number): number => (index < 0 ? value.length + index : index)
  const start = at(step.start ?? 0)
  if (step.index) {
    if (start < 0 || start >= value.length)
      throw new JsonPathError(`array index out of bounds: index ${step.start ?? 0}, length ${value.length}`)
    return [value[start]]
  }
  const end = Math.min(at(step.end ?? value.length), value.length)
  return value.slice(start, end).filter((_, index) => index % step.step === 0)
}

function passes({ left, operator, right }: Extract<Step, { kind: 'filter' }>, item: unknown): boolean {
  const [a] = operandValues(left, item)
  if (operator === 'exists') return a !== undefined
  const [b] = right === undefined ? [] : operandValues(right, item)
  if (a === undefined || b === undefined) return false
  switch (operator) {
    case '==':
      return a === b
    case '!=':
      return a !== b
    case '<':
      return less(a, b)
    case '>':
      return less(b, a)
    case '<=':
      return !less(b, a)
    default:
      return !less(a, b)
  }
}

const operandValues = (operand: Operand, item: unknown): readonly unknown[] =>
  operand.kind === 'literal' ? [operand.value] : evaluatePath(operand.steps, item)

const less = (a: unknown, b: unknown): boolean =>
  typeof a === 'number' && typeof b === 'number' ? a < b : String(a) < String(b)
