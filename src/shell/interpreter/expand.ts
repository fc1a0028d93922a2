import { reserve, spend } from '../../lang/bounds/budget.js'
import { Glob } from '../../lang/text/glob.js'
import type { FileSystem } from '../files/file-system.js'
import { FileFault } from '../files/file-system.js'
import { absolutePath } from '../files/tree.js'
import { calculate } from './arithmetic.js'
import type { ShellState } from './state.js'
import type { WordPart, Word } from './syntax.js'
import { SyntaxFault } from './syntax.js'

/** What expansions depend on. */
export interface ExpandScope {
  readonly shell: ShellState
  readonly pid: number
  readonly files: FileSystem
  /** Results of the command substitutions of the command. */
  readonly captured: readonly string[]
}

/** One resulting word; `pattern` is the same with quoted wildcards escaped. */
interface Field {
  text: string
  pattern: string
}

/** Steps of a look into a folder, besides those of its names. */
const FILES_STEPS = 20

/** Most fields of one command; the kernel limits arguments, too. */
const MOST_FIELDS = 20_000

/**
 * Expands words to fields: variables, splitting at blanks, file names. @throws SyntaxFault for `${x:?}` and
 * invalid arithmetic.
 */
export function expandWords(words: readonly Word[], scope: ExpandScope): string[] {
  const all = words.flatMap((word) => fieldsOf(word, scope).flatMap((field) => filesMatching(field, scope)))
  if (all.length > MOST_FIELDS) throw new SyntaxFault('Argument list too long')
  return all
}

/** Expands a word to one text, without splitting and file names. */
export function expandText(word: Word, scope: ExpandScope): string {
  return word
    .map((part) => reserved(part.kind === 'text' ? part.text : valuesOf(part, scope).join(' ')))
    .join('')
}

/** Charges a text to the memory of the step, and returns it. */
function reserved(text: string): string {
  reserve(text.length)
  return text
}

/** Whether a text matches the pattern of a word (`case`). */
export function matches(text: string, word: Word, scope: ExpandScope): boolean {
  return new Glob(patternOf(word, scope)).test(text)
}

function patternOf(word: Word, scope: ExpandScope): string {
  return word
    .map((part) => {
      const text = reserved(part.kind === 'text' ? part.text : valuesOf(part, scope).join(' '))
      return part.quoted ? escapePattern(text) : text
    })
    .join('')
}

function fieldsOf(word: Word, scope: ExpandScope): Field[] {
  const fields: Field[] = []
  let current: Field | undefined
  const add = (text: string, quoted: boolean): void => {
    current ??= { text: '', pattern: '' }
    reserve(text.length)
    current.text += text
    current.pattern += quoted ? escapePattern(text) : text
  }
  const close = (): void => {
    if (current) fields.push(current)
    current = undefined
  }
  for (const [at, part] of word.entries()) {
    if (part.kind === 'text') {
      add(
        at === 0 && !part.quoted && part.text.startsWith('~') ? homeOf(part.text, scope) : part.text,
        part.quoted,
      )
      continue
    }
    for (const [index, value] of valuesOf(part, scope).entries()) {
      if (index > 0) close()
      if (part.quoted) add(value, true)
      else splitInto(value, add, close)
    }
  }
  close()
  return fields
}

function homeOf(text: string, { shell }: ExpandScope): string {
  return /^~(?:\/|$)/.test(text) ? (shell.vars.get('HOME') ?? '/root') + text.slice(1) : text
}

/** Splits an unquoted value at blanks. */
function splitInto(value: string, add: (text: string, quoted: boolean) => void, close: () => void): void {
  const pieces = value.split(/[ \t\n]+/)
  for (const [at, piece] of pieces.entries()) {
    if (at > 0) close()
    if (piece !== '') add(piece, false)
  }
}

function valuesOf(part: Exclude<WordPart, { kind: 'text' }>, scope: ExpandScope): readonly string[] {
  const { shell } = scope
  switch (part.kind) {
    case 'captured':
      return [scope.captured[part.at] ?? '']
    case 'arithmetic':
      return [
        String(
          calculate(expandText(part.expression, scope), {
            get: (name) => shell.vars.get(name),
            set: (name, value) => void shell.vars.set(name, value),
          }),
        ),
      ]
    case 'variable':
      if (part.name === '@' || part.name === '*')
        return part.name === '@' || !part.quoted ? shell.args.slice(1) : [shell.args.slice(1).join(' ')]
      return [
        part.operator === undefined
          ? (variable(part.name, scope) ?? '')
          : operated(part, part.operator, scope),
      ]
  }
}

/** The value of a variable or of a special parameter. */
function variable(name: string, { shell, pid }: ExpandScope): string | undefined {
  if (/^\d+$/.test(name)) return shell.args[Number(name)]
  switch (name) {
    case '?':
      return String(shell.status)
    case '$':
      return String(pid)
    case '#':
      return String(Math.max(shell.args.length - 1, 0))
    case '-':
      return shell.errexit ? 'e' : ''
    case 'PWD':
      return shell.cwd
    default:
      return shell.vars.get(name)
  }
}

function operated(
  part: Extract<WordPart, { kind: 'variable' }>,
  operator: string,
  scope: ExpandScope,
): string {
  const value = variable(part.name, scope)
  if (operator === 'length') return String((value ?? '').length)
  const word = part.operand ?? []
  const unset = value === undefined || (operator.startsWith(':') && value === '')
  switch (operator.replace(':', '')) {
    case '-':
      return unset ? expandText(word, scope) : value
    case '+':
      return unset ? '' : expandText(word, scope)
    case '=': {
      if (!unset) return value
      const text = expandText(word, scope)
      scope.shell.vars.set(part.name, text)
      return text
    }
    case '?': {
      if (!unset) return value
      throw new SyntaxFault(`${part.name}: ${expandText(word, scope) || 'parameter not set'}`)
    }
    default:
      return trimmed(value ?? '', operator, patternOf(word, scope))
  }
}

/** Applies `#`, `##`, `%`, `%%`: removes the shortest or longest matching prefix or suffix. */
function trimmed(value: string, operator: string, pattern: string): string {
  const glob = new Glob(pattern)
  const which = operator.length === 2 ? 'longest' : 'shortest'
  if (operator.startsWith('#')) return value.slice(glob.prefix(value, which) ?? 0)
  return value.slice(0, value.length - (glob.suffix(value, which) ?? 0))
}

const escapePattern = (text: string): string => text.replaceAll(/[\\*?[\]]/g, '\\$&')

/** The files that match a field with wildcards; the field itself if there are none. */
function filesMatching({ text, pattern }: Field, { files, shell }: ExpandScope): readonly string[] {
  if (!/(?:^|[^\\])[*?[]/.test(pattern)) return [text]
  const absolute = pattern.startsWith('/')
  let found: string[] = [absolute ? '/' : '']
  for (const part of pattern.split('/').filter((piece) => piece !== '')) {
    const glob = new Glob(part)
    found = found.flatMap((base) => {
      spend(FILES_STEPS)
      try {
        const names = files.list(absolutePath(shell.cwd, base === '' ? '.' : base))
        return names
          .filter((name) => glob.test(name) && (part.startsWith('.') || !name.startsWith('.')))
          .map((name) => (base === '' || base === '/' ? base + name : `${base}/${name}`))
      } catch (error) {
        if (error instanceof FileFault) return []
        throw error
      }
    })
  }
  return found.length === 0 ? [text] : found
}
