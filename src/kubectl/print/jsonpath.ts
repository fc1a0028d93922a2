import { JsonPathError, type Node, type Step, type Template } from '../../api/jsonpath/nodes.js'
import { evaluatePath as evaluate } from '../../api/jsonpath/evaluate.js'
import { parseJsonPath as parse } from '../../api/jsonpath/parse.js'
import { goText } from '../../api/patch/json.js'
import { KubectlError } from '../errors.js'
import { goJson } from './json.js'
import { TABLE, TabWriter } from './tabwriter.js'

/** Parses a JSONPath template. Throws KubectlError. */
export function parseJsonPath(text: string): Template {
  return reported(() => parse(text))
}

/** Evaluates a path on `value`. Throws KubectlError for an index out of bounds. */
export function evaluatePath(steps: readonly Step[], value: unknown): readonly unknown[] {
  return reported(() => evaluate(steps, value))
}

function reported<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw error instanceof JsonPathError ? new KubectlError(error.message) : error
  }
}

/**
 * Renders a template for a value: texts as they are, results of a path joined by blanks, missing fields as
 * ''.
 */
export function renderTemplate(template: Template, value: unknown, allowMissingKeys: boolean = true): string {
  return render(template.nodes, value, allowMissingKeys)
}

/** Evaluates each path of the template. */
export function evaluateTemplate(template: Template, value: unknown): readonly (readonly unknown[])[] {
  return template.nodes.flatMap((node) => (node.kind === 'path' ? [evaluatePath(node.steps, value)] : []))
}

function render(nodes: readonly Node[], value: unknown, allowMissingKeys: boolean): string {
  return nodes
    .map((node) => {
      switch (node.kind) {
        case 'text':
          return node.text
        case 'path':
          return found(node.steps, value, allowMissingKeys).map(textOf).join(' ')
        case 'range':
          return evaluatePath(node.steps, value)
            .map((item) => render(node.body, item, allowMissingKeys))
            .join('')
      }
    })
    .join('')
}

/** Evaluates a path; an empty result is an error unless `allowMissingKeys`. */
function found(steps: readonly Step[], value: unknown, allowMissingKeys: boolean): readonly unknown[] {
  const results = evaluatePath(steps, value)
  if (allowMissingKeys || results.length > 0) return results
  const missing = steps.find(
    (step, at) => step.kind === 'field' && evaluatePath(steps.slice(0, at + 1), value).length === 0,
  )
  throw new KubectlError(`${missing?.kind === 'field' ? missing.name : 'the field'} is not found`)
}

/** Formats strings as they are, everything else as JSON. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === null || value === undefined ? '' : goJson(value)
}

/** Formats `-o custom-columns=NAME:.metadata.name,...` for one object or a List. */
export function customColumns(value: object, spec: string, noHeaders: boolean = false): string {
  if (spec === '') throw new KubectlError('custom-columns format specified but no custom columns given')
  const columns = spec.split(',').map((part) => {
    const colon = part.indexOf(':')
    if (colon < 0)
      throw new KubectlError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`)
    return { header: part.slice(0, colon), steps: stepsOf(part.slice(colon + 1)) }
  })
  const items = 'items' in value && Array.isArray(value.items) ? (value.items as readonly unknown[]) : [value]
  const rows = items.map((item) => columns.map(({ steps }) => cellOf(steps, item)).join('\t'))
  const lines = noHeaders ? rows : [columns.map(({ header }) => header).join('\t'), ...rows]
  if (lines.length === 0) return ''
  return new TabWriter(TABLE).format(`${lines.join('\n')}\n`)
}

function cellOf(steps: readonly Step[], item: unknown): string {
  const values = evaluatePath(steps, item)
  return values.length === 0 ? '<none>' : values.map(goText).join(',')
}

const RELAXED = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/

/**
 * Parses a path as users write it: `.a.b`, `a.b`, `{.a.b}`. Source: kubectl get.RelaxedJSONPathExpression.
 */
export function stepsOf(text: string): readonly Step[] {
  const match = RELAXED.exec(text)
  if (match === null)
    throw new KubectlError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or ` +
        `'{.name1.name2}'`,
    )
  const [node] = parseJsonPath(`{.${match[1] ?? match[2] ?? ''}}`).nodes
  return node?.kind === 'path' ? node.steps : []
}
