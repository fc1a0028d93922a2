import { Budget, type BudgetLimits, reserve, spend, within } from '../../../lang/bounds/budget.js'
import { quote } from '../../../lang/go/quote.js'
import { FailedPrinting, KubectlError } from '../../call/errors.js'
import { goJson } from '../json.js'
import { goText } from './format.js'
import { functions, isTrue, typeName } from './functions.js'
import type { GoCommand, GoNode, GoTemplate, Operand, Pipeline, TemplatePlace } from './nodes.js'
import { GoTemplateError } from './nodes.js'
import { parseGoTemplate } from './parse.js'
import { byKey } from '../../../lang/text/order.js'

/**
 * Renders an object with `-o go-template=...`. Throws KubectlError for a template that is invalid or fails.
 */
export function goTemplateText(text: string, object: object, options: GoTemplateOptions): string {
  const template = parsed(text)
  const run = new Run(template, options)
  try {
    within(new Budget(EXECUTION), () =>
      run.walk(template.body, object, new VariableScope(undefined, '$', object)),
    )
    return run.text
  } catch (error) {
    if (error instanceof RangeError) throw new KubectlError(TOO_DEEP)
    if (!(error instanceof GoTemplateError)) throw error
    const why =
      `template: output:${locationIn(text, run.place)}: executing ${quote(run.name)} at ` +
      `<${run.place.source}>: ${error.message}`
    throw new FailedPrinting(
      `error executing template ${quote(text)}: ${why}`,
      `${run.text}Error executing template: ${why}. Printing more information for debugging the template:\n` +
        `\ttemplate was:\n\t\t${text}\n\traw data was:\n\t\t${goJson(object)}\n` +
        `\tobject given to template engine was:\n\t\t${goText(object)}\n\n`,
    )
  }
}

/** Line and column, which counts bytes from 0. Source: text/template/parse Tree.ErrorContext. */
function locationIn(text: string, { at }: TemplatePlace): string {
  const before = text.slice(0, at).split('\n')
  return `${before.length}:${new TextEncoder().encode(before.at(-1)).length}`
}

function parsed(text: string): GoTemplate {
  try {
    return parseGoTemplate(text)
  } catch (error) {
    if (error instanceof RangeError) throw new KubectlError(TOO_DEEP)
    throw error instanceof GoTemplateError
      ? new KubectlError(`error parsing template ${text}, ${error.message}`)
      : error
  }
}

/** Options of a template's execution. */
export interface GoTemplateOptions {
  /** Whether a missing key gives `<no value>` instead of an error. */
  readonly allowMissingKeys: boolean
}

const MOST_NESTED = 1_000
/** What a template may take, and what it may print and join. */
export const EXECUTION: BudgetLimits = { work: 'the template', steps: 1_000_000, bytes: 64 * 1024 * 1024 }
const TOO_DEEP = 'error parsing template: exceeded maximum template depth'

/** A variable, linked to those that were declared before it. */
class VariableScope {
  readonly #outer: VariableScope | undefined
  readonly #name: string
  #value: unknown

  constructor(outer: VariableScope | undefined, name: string, value: unknown) {
    this.#outer = outer
    this.#name = name
    this.#value = value
  }

  find(name: string): VariableScope {
    if (this.#name === name) return this
    if (this.#outer === undefined) throw new GoTemplateError(`undefined variable ${quote(name)}`)
    return this.#outer.find(name)
  }

  get value(): unknown {
    return this.#value
  }

  set value(value: unknown) {
    this.#value = value
  }
}

type Flow = 'break' | 'continue' | undefined

/** Renders a template for JSON data. Throws GoTemplateError. Source: Go's text/template exec.go. */
class Run {
  text = ''
  /** What was evaluated last, which errors point at. */
  place: TemplatePlace = { at: 0, source: '' }
  /** The template that runs. */
  name = 'output'
  readonly #template: GoTemplate
  readonly #options: GoTemplateOptions
  #depth = 0

  constructor(template: GoTemplate, options: GoTemplateOptions) {
    this.#template = template
    this.#options = options
  }

  walk(nodes: readonly GoNode[], dot: unknown, outer: VariableScope): Flow {
    let scope = outer
    for (const node of nodes) {
      spend(1)
      switch (node.kind) {
        case 'text':
          this.#print(node.text)
          break
        case 'action':
          scope = this.#act(node.pipeline, dot, scope)
          break
        case 'break':
        case 'continue':
          return node.kind
        case 'template':
          this.#call(node, dot, scope)
          break
        default: {
          const flow = node.kind === 'range' ? this.#range(node, dot, scope) : this.#choose(node, dot, scope)
          if (flow !== undefined) return flow
        }
      }
    }
    return undefined
  }

  #print(text: string): void {
    reserve(text.length)
    this.text += text
  }

  #act(pipeline: Pipeline, dot: unknown, scope: VariableScope): VariableScope {
    const value = this.#pipeline(pipeline, dot, scope)
    const [name] = pipeline.variables
    if (name === undefined) {
      this.#print(goText(value))
      return scope
    }
    if (pipeline.declares) return new VariableScope(scope, name, value)
    scope.find(name).value = value
    return scope
  }

  #choose(node: Extract<GoNode, { readonly body: unknown }>, dot: unknown, scope: VariableScope): Flow {
    const value = this.#pipeline(node.pipeline, dot, scope)
    const [name] = node.pipeline.variables
    const inner = name === undefined ? scope : new VariableScope(scope, name, value)
    return isTrue(value)
      ? this.walk(node.body, node.kind === 'with' ? value : dot, inner)
      : this.walk(node.otherwise, dot, inner)
  }

  #range(node: Extract<GoNode, { readonly body: unknown }>, dot: unknown, scope: VariableScope): Flow {
    const value = this.#pipeline(node.pipeline, dot, scope)
    const entries = entriesOf(value)
    if (entries.length === 0) return this.walk(node.otherwise, dot, scope)
    const [first, second] = node.pipeline.variables
    for (const [key, item] of entries) {
      spend(1)
      let inner = scope
      if (first !== undefined) inner = new VariableScope(inner, first, second === undefined ? item : key)
      if (second !== undefined) inner = new VariableScope(inner, second, item)
      if (this.walk(node.body, item, inner) === 'break') break
    }
    return undefined
  }

  #call(
    { name, pipeline, at, source }: Extract<GoNode, { readonly kind: 'template' }>,
    dot: unknown,
    scope: VariableScope,
  ): void {
    this.place = { at, source }
    const body = this.#template.defined.get(name)
    if (body === undefined) throw new GoTemplateError(`template ${quote(name)} not defined`)
    if (++this.#depth > MOST_NESTED) throw new GoTemplateError('exceeded maximum template depth (100000)')
    const value = pipeline === undefined ? undefined : this.#pipeline(pipeline, dot, scope)
    const outer = this.name
    this.name = name
    this.walk(body, value, new VariableScope(undefined, '$', value))
    this.name = outer
    this.#depth--
  }

  #pipeline({ commands }: Pipeline, dot: unknown, scope: VariableScope): unknown {
    let value: unknown
    for (const [at, command] of commands.entries())
      value = this.#command(command, dot, scope, at === 0 ? [] : [value])
    return value
  }

  #command(
    [first, ...rest]: GoCommand,
    dot: unknown,
    scope: VariableScope,
    last: readonly unknown[],
  ): unknown {
    this.place = first
    if (first.kind === 'literal' && first.value === null) throw new GoTemplateError('nil is not a command')
    if (first.kind !== 'function') {
      if (rest.length > 0 || last.length > 0)
        throw new GoTemplateError(
          first.kind === 'dot' && first.fields.length > 0
            ? `${first.fields.at(-1)} is not a method but has arguments`
            : `can't give argument to non-function ${first.source}`,
        )
      return this.#operand(first, dot, scope)
    }
    checkCount(first.name, rest.length + last.length)
    if (first.name === 'and' || first.name === 'or') return this.#logic(first.name, rest, dot, scope, last)
    const values = [...rest.map((operand) => this.#operand(operand, dot, scope)), ...last]
    try {
      const result = functions[first.name]?.(...values)
      if (typeof result === 'string') reserve(result.length)
      return result
    } catch (error) {
      this.place = { at: first.at, source: [first, ...rest].map(({ source }) => source).join(' ') }
      throw error instanceof GoTemplateError
        ? new GoTemplateError(`error calling ${first.name}: ${error.message}`)
        : error
    }
  }

  /** Evaluates `and` and `or`, which stop at the first value that decides. */
  #logic(
    name: 'and' | 'or',
    operands: readonly Operand[],
    dot: unknown,
    scope: VariableScope,
    last: readonly unknown[],
  ): unknown {
    let value: unknown
    for (const operand of operands) {
      value = this.#operand(operand, dot, scope)
      if (isTrue(value) === (name === 'or')) return value
    }
    return last.length > 0 ? last[0] : value
  }

  #operand(operand: Operand, dot: unknown, scope: VariableScope): unknown {
    this.place = operand
    switch (operand.kind) {
      case 'dot':
        return this.#fields(dot, operand.fields)
      case 'variable':
        return this.#fields(scope.find(operand.name).value, operand.fields)
      case 'literal':
        return operand.value
      case 'function':
        return this.#command([operand], dot, scope, [])
      case 'pipeline':
        return this.#fields(this.#pipeline(operand.pipeline, dot, scope), operand.fields)
    }
  }

  #fields(value: unknown, fields: readonly string[]): unknown {
    let at = value
    for (const [index, field] of fields.entries()) {
      if (at === undefined || at === null) {
        if (at === null) throw new GoTemplateError(`nil pointer evaluating interface {}.${field}`)
        if (!this.#options.allowMissingKeys)
          throw new GoTemplateError(`nil data; no entry for key ${quote(field)}`)
        return undefined
      }
      if (typeof at !== 'object' || Array.isArray(at))
        // what a map holds is an interface to Go
        throw new GoTemplateError(
          `can't evaluate field ${field} in type ${index === 0 ? typeName(at) : 'interface {}'}`,
        )
      const map = at as Readonly<Record<string, unknown>>
      if (!Object.hasOwn(map, field)) {
        if (!this.#options.allowMissingKeys)
          throw new GoTemplateError(`map has no entry for key ${quote(field)}`)
        at = undefined
      } else at = map[field]
    }
    return at
  }
}

/** How many arguments functions take; of the others any number, or at least one. */
const EXACT: Readonly<Record<string, number>> = {
  not: 1,
  len: 1,
  base64decode: 1,
  ne: 2,
  lt: 2,
  le: 2,
  gt: 2,
  ge: 2,
}
const ANY: ReadonlySet<string> = new Set(['html', 'js', 'print', 'println', 'urlquery'])

function checkCount(name: string, count: number): void {
  const exact = Object.hasOwn(EXACT, name) ? EXACT[name] : undefined
  if (exact === undefined ? count > 0 || ANY.has(name) : count === exact) return
  throw new GoTemplateError(`wrong number of args for ${name}: want ${exact ?? 'at least 1'} got ${count}`)
}

function entriesOf(value: unknown): readonly (readonly [unknown, unknown])[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value.map((item: unknown, at) => [at, item])
  if (typeof value === 'object') return Object.entries(value).sort(byKey)
  if (typeof value === 'number') spend(Math.max(0, value))
  if (typeof value === 'number' && Number.isInteger(value))
    return Array.from({ length: value }, (_, at) => [at, at])
  throw new GoTemplateError(`range can't iterate over ${goText(value)}`)
}
