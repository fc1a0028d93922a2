import { exactJson } from '../lang/json/exact-json.js'
import { escapeXml } from '../lang/svg/drawing.js'
import type { CommandArguments, Flag, Terminal } from './command.js'
import { UsageError } from './command.js'
import { textOf } from './files.js'

const FORMS = ['text', 'json', 'svg', 'junit'] as const
type Form = (typeof FORMS)[number]

/** The flag that chooses the form of a result. */
export const OUTPUT: Readonly<Record<string, Flag>> = {
  output: { value: 'text|json|svg|junit', short: 'o', about: 'the form of the result', default: 'text' },
}

/** One thing that a command has checked; `failure` says what is wrong with it. */
export interface CheckedItem {
  readonly name: string
  readonly failure?: string
}

/** What a command has found, in the forms that it has. */
export interface Result {
  /** What was asked: the name of the suite in JUnit's form. */
  readonly name: string
  /** Lines for people; may be empty. */
  readonly text: string
  readonly json: unknown
  readonly svg?: () => string
  readonly checked?: readonly CheckedItem[]
}

/** Prints a result in the form that `-o` asks for. @throws UsageError if it does not have that form */
export function print(result: Result, flags: CommandArguments['flags'], terminal: Terminal): void {
  const wish = textOf(flags, 'output') ?? 'text'
  const has: Readonly<Record<Form, (() => string) | undefined>> = {
    text: () => result.text.trimEnd(),
    json: () => exactJson(result.json, 2),
    svg: result.svg,
    junit: result.checked && (() => junit(result.name, result.checked ?? [])),
  }
  const form = FORMS.find((each) => each === wish)
  const render = form && has[form]
  if (render === undefined)
    throw new UsageError(
      `-o ${wish}: ${result.name} can be printed as ${FORMS.filter((each) => has[each]).join(', ')}`,
    )
  const text = render().trimEnd()
  if (text !== '') terminal.out(`${text}\n`)
}

/** The form that CI systems read: a suite with a test case for each thing checked. */
export function junit(name: string, checked: readonly CheckedItem[]): string {
  const failed = checked.filter(({ failure }) => failure !== undefined).length
  const quoted = escapeXml(`simcluster ${name}`)
  const cases = checked.map((one) => {
    const head = `    <testcase classname="${quoted}" name="${escapeXml(one.name)}"`
    if (one.failure === undefined) return `${head} />`
    const [message = ''] = one.failure.split('\n')
    const failure = `<failure message="${escapeXml(message)}">${escapeXml(one.failure)}</failure>`
    return `${head}>${failure}</testcase>`
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="${quoted}" tests="${checked.length}" failures="${failed}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
  ].join('\n')
}

/** A word as a shell reads it. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
