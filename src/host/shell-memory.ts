import { quoteWord } from '../shell/interpreter/syntax.js'

/** Names under which a terminal's variables hold what is not a variable. */
const FUNCTION = /^BASH_FUNC_(.+)%%$/
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

/** The variables of a terminal: what it remembers without functions, options and the last exit code. */
export const variablesIn = (env: Variables): Variables =>
  Object.fromEntries(
    Object.entries(env).filter(([key]) => key !== STATUS && !(key in OPTIONS) && !FUNCTION.test(key)),
  )

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
  return [moves, ...functions, ...options, status].join('')
}

/** Returns what a terminal remembers of a shell that has ended. */
export function remembered(env: Variables, functions: Iterable<readonly [string, string]>): Variables {
  const variables = Object.entries(env).filter(
    ([name]) => /^[A-Za-z_]\w*$/.test(name) && !['OPTIND', 'IFS', '_'].includes(name),
  )
  return Object.fromEntries([
    ...variables.filter(([name, value]) => !(name in OPTIONS) || value.split(':').some(isUnusual)),
    ...(env[STATUS] === undefined || env[STATUS] === '0' ? [] : [[STATUS, env[STATUS]] as const]),
    ...Array.from(functions, ([name, text]) => [`BASH_FUNC_${name}%%`, text] as const),
  ])
}

const isUnusual = (option: string): boolean => option !== '' && !USUAL.includes(option)
