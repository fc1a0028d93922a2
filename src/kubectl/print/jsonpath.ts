import { Budget, within, type BudgetLimits } from '../../lang/bounds/budget.js'
import { goDouble } from '../../lang/cel/values.js'
import { isFloat, type Numbers } from '../../lang/jsonpath/compare.js'
import { evaluateJsonPath, type JsonPathOptions } from '../../lang/jsonpath/evaluate.js'
import { JsonPathError, type JsonPathTemplate } from '../../lang/jsonpath/nodes.js'
import { parseJsonPath } from '../../lang/jsonpath/parse.js'
import { goText } from '../../lang/json/maps.js'
import { KubectlError } from '../call/errors.js'
import { goJson } from './json.js'
import { TABLE, TabWriter } from '../../lang/text/tabwriter.js'

/** Parses the JSONPath template of a printer. Throws KubectlError. */
export function parseTemplate(text: string): JsonPathTemplate {
  return reported(
    () => parseJsonPath(text),
    (why) => `error parsing jsonpath ${text}, ${why}`,
  )
}

/** Returns the results of all parts of a template. Throws KubectlError. */
export function evaluatePath(template: JsonPathTemplate, value: unknown): readonly unknown[] {
  return evaluateTemplate(template, value).flat()
}

/** Returns the results of each part of a template. Throws KubectlError. */
export function evaluateTemplate(
  template: JsonPathTemplate,
  value: unknown,
  options: JsonPathOptions = {},
): readonly (readonly unknown[])[] {
  return reported(() => evaluateJsonPath(template, value, options))
}

function reported<T>(run: () => T, textOfFault = (why: string): string => why): T {
  try {
    return run()
  } catch (error) {
    throw error instanceof JsonPathError ? new KubectlError(textOfFault(error.message)) : error
  }
}

/**
 * What a template may print of one value; paths such as `{..*}` print each part again with those around it.
 */
export const OUTPUT: BudgetLimits = { work: 'the output of the template', bytes: 64 * 1024 * 1024 }

/** Renders a template for a value: the results of each part joined by blanks. Throws KubectlError. */
export function renderTemplate(
  template: JsonPathTemplate,
  value: unknown,
  options: JsonPathOptions = {},
): string {
  const budget = new Budget(OUTPUT)
  const textFor = (one: unknown): string => {
    const text = resultText(one, options.numbers)
    budget.take(text.length)
    return text
  }
  return evaluateTemplate(template, value, options)
    .map((results) => results.map(textFor).join(' '))
    .join('')
}

function resultText(value: unknown, numbers: Numbers = 'integers'): string {
  if ((typeof value === 'number' || typeof value === 'bigint') && isFloat(value, numbers))
    return goDouble(Number(value))
  return value === null ? 'null' : textOf(value)
}

/** Formats strings as they are, everything else as JSON. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === null || value === undefined ? '' : goJson(value)
}

/** Values that all cells of a table meet. */
export const COLUMNS: BudgetLimits = { work: 'the table of columns', steps: 2_000_000 }

/** Formats `-o custom-columns=NAME:.metadata.name,...` for one object or a List. @throws OverBudget */
export function customColumns(value: object, spec: string, noHeaders: boolean = false): string {
  if (spec === '') throw new KubectlError('custom-columns format specified but no custom columns given')
  const columns = spec.split(',').map((part) => {
    const colon = part.indexOf(':')
    if (colon < 0)
      throw new KubectlError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`)
    const path = part.slice(colon + 1)
    // an empty path is a template that finds nothing
    return { header: part.slice(0, colon), template: path === '' ? parseTemplate('') : relaxedTemplate(path) }
  })
  const items = 'items' in value && Array.isArray(value.items) ? (value.items as readonly unknown[]) : [value]
  const rows = within(new Budget(COLUMNS), () =>
    items.map((item) => columns.map(({ template }) => cellOf(template, item)).join('\t')),
  )
  const lines = noHeaders ? rows : [columns.map(({ header }) => header).join('\t'), ...rows]
  if (lines.length === 0) return ''
  return new TabWriter(TABLE).format(`${lines.join('\n')}\n`)
}

function cellOf(template: JsonPathTemplate, item: unknown): string {
  const values = evaluatePath(template, item)
  return values.length === 0 ? '<none>' : values.map(goText).join(',')
}

const RELAXED = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/

/** Returns a path as users write it as a template; undefined if it is none. */
export function relaxedPath(text: string): string | undefined {
  const match = RELAXED.exec(text)
  return match === null ? undefined : `{.${match[1] ?? match[2] ?? ''}}`
}

/**
 * Parses a path as users write it: `.a.b`, `a.b`, `{.a.b}`. Source: kubectl get.RelaxedJSONPathExpression.
 */
export function relaxedTemplate(text: string): JsonPathTemplate {
  const path = relaxedPath(text)
  if (path === undefined)
    throw new KubectlError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or ` +
        `'{.name1.name2}'`,
    )
  return reported(() => parseJsonPath(path))
}
