import type { GoRegExp } from '../../lang/go/regexp.js'
import { absolutePath } from '../files/tree.js'
import type { Invocation, Program } from './command.js'
import { attempt, flagsOf, inputText } from './command.js'
import { posixPattern } from './posix-pattern.js'

/** One `PATTERN { print ... }`. */
interface Rule {
  readonly pattern: GoRegExp | 'BEGIN' | 'END' | undefined
  /** A condition `NR==2`, `$1=="x"`. */
  readonly condition?: readonly [string, string, string]
  /** Expressions to print; undefined for no action but `print`. */
  readonly prints: readonly (readonly string[])[]
}

const RULE =
  /\s*(?:(BEGIN|END)|\/((?:\\.|[^/\\])*)\/|([\w$]+)\s*(==|!=|>=|<=|>|<)\s*("[^"]*"|\w+))?\s*(?:\{([^}]*)\})?\s*/y

/** Parses a script of patterns and `print` actions; undefined if it has anything else. */
function parse(script: string): readonly Rule[] | undefined {
  const rules: Rule[] = []
  for (let at = 0; at < script.length;) {
    RULE.lastIndex = at
    const found = RULE.exec(script)
    if (found === null || found[0] === '') return undefined
    at = RULE.lastIndex
    const [, word, regex, left, operator, right, body] = found
    const pattern = regex === undefined ? undefined : posixPattern(regex, { extended: true })
    if (regex !== undefined && pattern === undefined) return undefined
    const statements = (body ?? 'print')
      .split(/[;\n]/)
      .map((text) => text.trim())
      .filter((text) => text !== '')
    const prints = statements.map((text) => /^print(?:\s+(\S.*)|(?=[$"])(.*))?$/.exec(text))
    if (prints.some((one) => one === null) || statements.some(hasOpenString)) return undefined
    rules.push({
      pattern: (word as 'BEGIN' | undefined) ?? pattern,
      ...(left === undefined ? {} : { condition: [left, operator ?? '', right ?? ''] }),
      prints: prints.map((one) => splitArguments(one?.[1] ?? one?.[2] ?? '$0')),
    })
  }
  return rules
}

/** Whether a string is not closed, which splitting and values rely on. */
const hasOpenString = (text: string): boolean => !/^(?:[^"]|"(?:\\[^]|[^"\\])*")*$/.test(text)

const splitArguments = (text: string): readonly string[] =>
  (text.match(/(?:"(?:\\[^]|[^"\\])*(?:"|\\?$)|[^,"])+/g) ?? []).map((one) => one.trim())

/** The fields and variables of a line. */
class Line {
  readonly #fields: readonly string[]
  readonly #text: string
  readonly #number: number

  constructor(text: string, separator: string, number: number) {
    this.#text = text
    this.#number = number
    this.#fields = separator === ' ' ? text.split(/\s+/).filter((one) => one !== '') : text.split(separator)
  }

  /** The value of a juxtaposition of fields, variables, strings and numbers. */
  value(expression: string): string {
    const parts = expression.match(/"(?:\\[^]|[^"\\])*(?:"|\\?$)|\$\w+|\w+/g) ?? []
    return parts.map((part) => this.#part(part)).join('')
  }

  #part(part: string): string {
    if (part.startsWith('"')) return part.slice(1, -1).replaceAll('\\n', '\n').replaceAll('\\t', '\t')
    if (part === '$0') return this.#text
    if (part === '$NF') return this.#fields.at(-1) ?? ''
    if (part.startsWith('$')) return this.#fields[Number(part.slice(1)) - 1] ?? ''
    if (part === 'NR' || part === 'FNR') return String(this.#number)
    if (part === 'NF') return String(this.#fields.length)
    return /^\d+$/.test(part) ? part : ''
  }

  matches({ pattern, condition }: Rule): boolean {
    if (typeof pattern === 'object') return pattern.test(this.#text)
    if (condition === undefined) return true
    const [a, b] = [this.value(condition[0]), this.value(condition[2])]
    const numeric = /^-?[\d.]+$/.test(a) && /^-?[\d.]+$/.test(b)
    const order = numeric ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0
    const results = {
      '==': order === 0,
      '!=': order !== 0,
      '<': order < 0,
      '<=': order <= 0,
      '>': order > 0,
      '>=': order >= 0,
    }
    return results[condition[1] as '==']
  }
}

/** `awk [-F SEP] 'PATTERN { print $1, $2 }' [FILE...]`: patterns and print; nothing else of the language. */
export const awk: Program = {
  name: 'awk',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args, 'Fv')
    const [script = '', ...paths] = rest
    const rules = parse(script)
    if (rules === undefined) {
      call.error(`awk: cmd. line:1: Unexpected token\n`)
      return 2
    }
    let text = ''
    if (paths.length === 0) {
      const input = inputText(call)
      if (typeof input !== 'string') return input
      text = input
    }
    let status = 0
    for (const path of paths)
      status |= attempt(call, path, '', () => {
        text += call.world.files.read(absolutePath(call.cwd, path))
      })
    run(call, rules, text, flags.get('F') ?? ' ')
    return status
  },
}

function run(call: Invocation, rules: readonly Rule[], text: string, separator: string): void {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  const print = (rule: Rule, line: Line): void => {
    for (const words of rule.prints) call.write(`${words.map((word) => line.value(word)).join(' ')}\n`)
  }
  const fixed = (when: 'BEGIN' | 'END'): void => {
    for (const rule of rules) if (rule.pattern === when) print(rule, new Line('', separator, lines.length))
  }
  fixed('BEGIN')
  for (const [at, one] of lines.entries()) {
    const line = new Line(one, separator, at + 1)
    for (const rule of rules)
      if (rule.pattern !== 'BEGIN' && rule.pattern !== 'END' && line.matches(rule)) print(rule, line)
  }
  fixed('END')
}
