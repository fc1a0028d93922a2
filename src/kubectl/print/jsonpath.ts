import { JsonPathError, type Node, type Step, type Template } from '../../api/jsonpath/nodes.js'
import { evaluatePath as evaluate } from '../../api/jsonpath/evaluate.js'
import { parseJsonPath as parse } from '../../api/jsonpath/parse.js'
import { KubectlError } from '../errors.js'
import { goJson } from './json.js'

/** Reads a JSONPath template. Throws KubectlError. */
export function parseJsonPath(text: string): Template {
  return reported(() => parse(text))
}

/** What a path leads to from `value`. Throws KubectlError for an index out of bounds. */
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
 * The template's output for a value: texts as they are, results of a path joined by blanks, missing fields as
 * nothing.
 */
export function renderTemplate(template: Template, value: unknown, allowMissingKeys: boolean = true): string {
  return render(template.nodes, value, allowMissingKeys)
}

/** The results of each path of the template. */
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

/** What a path leads to; nothing at all may be an error. */
function found(steps: readonly Step[], value: unknown, allowMissingKeys: boolean): readonly unknown[] {
  const results = evaluatePath(steps, value)
  if (allowMissingKeys || results.length > 0) return results
  const missing = steps.find(
    (step, at) => step.kind === 'field' && evaluatePath(steps.slice(0, at + 1), value).length === 0,
  )
  throw new KubectlError(`${missing?.kind === 'field' ? missing.name : 'the field'} is not found`)
}

/** Strings as they are, everything else as JSON. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === null || value === undefined ? '' : goJson(value)
}
