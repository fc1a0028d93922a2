import { quoteWord } from '../shell/interpreter/syntax.js'

/** Names under which a terminal's variables hold what is not a variable. */
const FUNCTION = /^BASH_FUNC_(.+)%%$/
const ARRAYS = 'BASH_ARRAYS%%'
const STATUS = '?'
const OPTIONS = { SHELLOPTS: 'set -o', BASHOPTS: 'shopt -s' } as const
/** The options of a new shell, which nobody needs to set. */
const USUAL = ['braceexpand', 'hashall', 'interactive-comments', 'globskipdots', 'expand_aliases']

type Variables = Readonly<Record<string, string>>

/** The functions that a terminal remembers, by name. */
export const functionsIn = (env: Variables): readonly (readonly [string, string])[] =>
  Object.entries(env).flatMap(([key, text]) => {
    const [, name] = FUNCTION.exec(key) ?? []
    return name === undefined ? [] : [[name, text] as const]
  })

/** The lines that make the arrays that a terminal remembers. */
export const rememberedArrays = (env: Variables): string => env[ARRAYS] ?? ''

/** The variables of a terminal: what it remembers without functions, options and the last exit code. */
export const variablesIn = (env: Variables): Variables =>
  Object.fromEntries(
    Object.entries(env).filter(
      ([key]) => key !== STATUS && key !== ARRAYS && !(key in OPTIONS) && !FUNCTION.test(key),
    ),
  )

/** Whether a script may leave arrays behind, or change those that a terminal remembers. */
export const hasArrays = (env: Variables, script: string): boolean =>
  env[ARRAYS] !== undefined || /[\w\]]\+?=|\b(?:declare|typeset|local|mapfile|readarray|read)\b/.test(script)

/** An element in what `declare -p` prints: `[0]="text"`, `['key']=text`. */
const ELEMENT = /\[('[^']*'|"(?:[^"\\]|\\.)*"|[^[\]]*)\]=("(?:[^"\\]|\\.)*"|\$?'(?:[^'\\]|\\.)*'|[^\s"']*)/g

const ARRAY =
  /^declare (-(?=\w*[aA])\w+) (?!PIPESTATUS=|BASH_|FUNCNAME|DIRSTACK|GROUPS=)(\w+)(?:=\((.*)\))?\s*$/s

/**
 * Returns the arrays in what `declare -p` prints, as lines that make them again: one for each element, since
 * just-bash cuts elements of a whole array at blanks.
 */
export function arraysIn(declared: string): string {
  const lines = declared.split(/^(?=declare )/m).flatMap((each) => {
    const [, flags = '', name = '', elements = ''] = ARRAY.exec(each) ?? []
    if (name === '') return []
    const set = Array.from(
      elements.matchAll(ELEMENT),
      ([, key = '', value = '']) => `${name}[${key}]=${value}`,
    )
    return [`declare ${flags} ${name}`, ...set]
  })
  return lines.map((line) => `${line}\n`).join('')
}

/** The lines that bring a new shell to where a terminal is. */
export function recalled(env: Variables, cwd: string): string {
  const options = Object.entries(OPTIONS).flatMap(([key, command]) =>
    (env[key] ?? '')
      .split(':')
      .filter(isUnusual)
      .map((name) => `${command} ${name}\n`),
  )
  const code = env[STATUS] ?? '0'
  // a shell that ends at errors must not end at the last one of the line before, and none must show this
  const isSeen = options.some((option) => /errexit|xtrace|verbose/.test(option))
  const status = code === '0' || isSeen ? '' : `(exit ${quoteWord(code)})\n`
  const { OLDPWD: old = '' } = env
  // just-bash keeps to itself where `cd -` leads
  const moves = old === '' ? '' : `cd ${quoteWord(old)} 2>/dev/null; cd ${quoteWord(cwd)}\n`
  const functions = functionsIn(env).map(([, text]) => `${text}\n`)
  const arrays = env[ARRAYS] === undefined ? '' : `${env[ARRAYS].trimEnd()}\n`
  return [moves, ...functions, arrays, ...options, status].join('')
}

/**
 * Returns what a terminal remembers of a shell that has ended: its variables, its functions, and the lines
 * that make its arrays.
 */
export function remembered(
  env: Variables,
  functions: Iterable<readonly [string, string]>,
  arrays: string,
): Variables {
  const variables = Object.entries(env).filter(
    ([name]) => /^[A-Za-z_]\w*$/.test(name) && !['OPTIND', 'IFS', '_'].includes(name),
  )
  return Object.fromEntries([
    ...variables.filter(([name, value]) => !(name in OPTIONS) || value.split(':').some(isUnusual)),
    ...(env[STATUS] === undefined || env[STATUS] === '0' ? [] : [[STATUS, env[STATUS]] as const]),
    ...(arrays === '' ? [] : [[ARRAYS, arrays] as const]),
    ...Array.from(functions, ([name, text]) => [`BASH_FUNC_${name}%%`, text] as const),
  ])
}

const isUnusual = (option: string): boolean => option !== '' && !USUAL.includes(option)
