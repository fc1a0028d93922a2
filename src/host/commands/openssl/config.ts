/** A fault of a configuration file, with the words of openssl. Its message has no line end. */
export class SettingsFault extends Error {
  readonly line: number
  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

/** A configuration file of openssl: `name = value` lines in sections. */
export interface Config {
  /** The value of a name in a section, or else in the part before all sections (`default`). */
  readonly get: (section: string, name: string) => string | undefined
  /** All entries of a section in order; undefined if there is no such section. */
  readonly section: (name: string) => readonly NamedValue[] | undefined
}

/** A line of a section: its name and its value. */
export type NamedValue = readonly [name: string, value: string]

const DEFAULT = 'default'

/** Where the reader is. `place` numbers the last line that was read. */
interface Place {
  readonly section: string
  readonly line: number
}

/**
 * Parses a configuration file. Names are replaced by their values (`$name`, `${name}`, `$section::name`,
 * `$ENV::name`); `\` at the end of a line continues it; `#` begins a comment. `env` holds the variables of
 * the environment. Source: openssl crypto/conf/conf_def.c; doc/man5/config.pod.
 * @throws SettingsFault with the line
 */
export function parseConfig(text: string, env: ReadonlyMap<string, string> = new Map()): Config {
  const sections = new Map<string, NamedValue[]>([[DEFAULT, []]])
  const value = (section: string, name: string): string | undefined =>
    sections.get(section)?.findLast(([each]) => each === name)?.[1]
  const get = (section: string, name: string): string | undefined =>
    value(section, name) ?? value(DEFAULT, name)
  const lookUp = (name: string, at: Place): string => {
    const [, section = at.section, key = name] = /^(\w*)::([^]*)$/.exec(name) ?? []
    const found = section === 'ENV' ? env.get(key) : get(section, key)
    if (found === undefined) throw fault('07000068', 'str_copy', 'variable has no value', at.line)
    return found
  }
  let section = DEFAULT
  for (const { text: whole, line } of logicalLines(text)) {
    const content = withoutComment(whole).trim()
    if (content === '') continue
    if (content.startsWith('.include') || content.startsWith('.pragma'))
      throw new SettingsFault(`line ${line}: ${content.split(/[ =]/)[0]} is not simulated`, line)
    const at = { section, line }
    if (content.startsWith('[')) {
      const end = content.indexOf(']')
      if (end < 0) throw fault('07000064', 'def_load_bio', 'missing close square bracket', line)
      section = content.slice(1, end).trim()
      if (!sections.has(section)) sections.set(section, [])
      continue
    }
    const equals = content.indexOf('=')
    if (equals < 0) throw fault('07000065', 'def_load_bio', 'missing equal sign', line)
    const [, named = section, name = ''] = /^(?:(\w+)::)?([^]*)$/.exec(content.slice(0, equals).trim()) ?? []
    if (!sections.has(named)) sections.set(named, [])
    sections.get(named)?.push([name, expanded(content.slice(equals + 1).trim(), (each) => lookUp(each, at))])
  }
  return { get, section: (name) => sections.get(name) }
}

const fault = (code: string, where: string, what: string, line: number): SettingsFault =>
  new SettingsFault(`error:${code}:configuration file routines:${where}:${what}:line ${line}`, line)

/** Lines, those that end with a backslash joined with the next; each with the number of its last one. */
function* logicalLines(text: string): Generator<{ readonly text: string; readonly line: number }> {
  let begun = ''
  let line = 0
  for (const each of text.split('\n')) {
    line++
    const bare = each.endsWith('\r') ? each.slice(0, -1) : each
    let first = bare.length
    while (bare[first - 1] === '\\') first--
    if ((bare.length - first) % 2 === 1) {
      begun += bare.slice(0, -1)
      continue
    }
    yield { text: begun + bare, line }
    begun = ''
  }
  if (begun !== '') yield { text: begun, line }
}

/** Cuts a comment: from `#` on, outside of quotes and not after a backslash. */
function withoutComment(text: string): string {
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '\\') at++
    else if (quote !== '') quote = char === quote ? '' : quote
    else if (char === '"' || char === "'" || char === '`') quote = char
    else if (char === '#') return text.slice(0, at)
  }
  return text
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', b: '\b', t: '\t' }

/** Resolves quotes, escapes and variables of a value. */
function expanded(text: string, lookUp: (name: string) => string): string {
  let result = ''
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '\\') {
      const next = text[++at] ?? ''
      result += quote === '' ? (ESCAPES[next] ?? next) : next
    } else if (quote !== '') {
      if (char === quote) quote = ''
      else result += char
    } else if (char === '"' || char === "'" || char === '`') quote = char
    else if (char === '$') {
      const [found = '', curly, round, plain] =
        /^\$(?:\{([^}]*)\}|\(([^)]*)\)|(\w+(?:::\w+)?))/.exec(text.slice(at)) ?? []
      const name = curly ?? round ?? plain
      if (name === undefined) result += char
      else {
        result += lookUp(name)
        at += found.length - 1
      }
    } else result += char
  }
  return result
}
