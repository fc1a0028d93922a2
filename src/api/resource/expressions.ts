import { compile } from '../cel/compile.js'
import { DYN, mapOf, objectOf, STRING, typeText, type CelType } from '../../lang/cel/types.js'
import { invalid, tooLong, type FieldError } from '../field-error.js'

const maxLength = 10240

/** Made on first use. Source: k8s.io/dynamic-resource-allocation/cel newCompiler. */
let variables: ReadonlyMap<string, CelType> | undefined

const device = (): CelType =>
  objectOf('kubernetes.DRADevice', {
    driver: STRING,
    attributes: mapOf(STRING, mapOf(STRING, DYN)),
    capacity: mapOf(STRING, mapOf(STRING, { kind: 'opaque', name: 'kubernetes.Quantity' })),
  })

/** Compiles the expression of a selector, which must be a bool. Source: validateCELSelector. */
export function validateExpression(expression: string, path: string, errors: FieldError[]): void {
  if (expression.length > maxLength) {
    errors.push(tooLong(path, maxLength))
    return
  }
  if (expression === '') {
    errors.push(invalid(path, '', `compilation failed: ${emptyText}`))
    return
  }
  variables ??= new Map([['device', device()]])
  const { program, error } = compile(expression, variables)
  if (error !== undefined) errors.push(invalid(path, expression, `compilation failed: ${error}`))
  else if (program.type.kind !== 'bool' && program.type.kind !== 'dyn') {
    const text = `must evaluate to bool or the unknown type, not ${typeText(program.type)}`
    errors.push(invalid(path, expression, text))
  }
}

/** cel-go's text for an expression without a token. */
const emptyText =
  "ERROR: <input>:1:0: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', " +
  "'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"
