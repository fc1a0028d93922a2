import { Glob } from '../../lang/text/glob.js'
import { sizeOf } from '../../lang/bytes/content.js'
import { absolutePath } from '../files/tree.js'
import type { FileSystem } from '../files/file-system.js'
import { contentOfEntry } from '../files/file-system.js'
import type { Invocation } from './command.js'

/** A file below a starting point: its path as it is printed, and from the root. */
export interface FoundFile {
  readonly shown: string
  readonly full: string
  readonly depth: number
  readonly isDirectory: boolean
}

/** What find needs of the files that it looks at. */
export type FindFiles = Pick<FileSystem, 'stat' | 'list' | 'linkAt' | 'isDirectory' | 'size' | 'remove'>

/** The call of find. */
export type FindCall = Pick<Invocation, 'cwd' | 'write' | 'error' | 'spawn'> & {
  readonly world: { readonly now: number; readonly files: FindFiles }
}

/** A word or an operand that find does not know. */
export class FindFault extends Error {}

type Test = (found: FoundFile) => boolean

const yes: Test = () => true
const BYTES_OF: Readonly<Record<string, number>> = { c: 1, b: 512, '': 512, k: 1024, M: 1024 ** 2 }

/**
 * The expression of find: tests (-name, -iname, -path, -type, -empty, -size, -perm, -mmin, -mtime, -cmin,
 * -amin, -newer: a file has one time, of its last change), actions (-print,
 * -print0, -delete, -exec, -prune), -maxdepth and -mindepth, joined by `!`, `-a` and `-o`, in parentheses.
 */
export class FindParser {
  least = 0
  most: number = Infinity
  /** Whether the last file that was visited is not to be descended into. */
  prunes = false
  readonly #call: FindCall
  readonly #words: readonly string[]
  readonly #expression: Test
  #at = 0
  #hasAction = false

  /** @throws FindFault */
  constructor(call: FindCall, words: readonly string[]) {
    this.#call = call
    this.#words = words
    this.#expression = words.length === 0 ? yes : this.#or()
    if (this.#at < words.length) throw new FindFault(`unrecognized: ${words[this.#at] as string}`)
  }

  /** Tests a file, and does what the expression says. */
  visit(found: FoundFile): void {
    this.prunes = false
    if (this.#expression(found) && !this.#hasAction) this.#call.write(`${found.shown}\n`)
  }

  #or(): Test {
    let left = this.#and()
    while (this.#takes('-o', '-or')) {
      const [first, second] = [left, this.#and()]
      left = (found) => first(found) || second(found)
    }
    return left
  }

  #and(): Test {
    let left = this.#not()
    for (;;) {
      const next = this.#words[this.#at]
      if (next === undefined || next === ')' || next === '-o' || next === '-or') return left
      this.#takes('-a', '-and')
      const [first, second] = [left, this.#not()]
      left = (found) => first(found) && second(found)
    }
  }

  #not(): Test {
    if (this.#takes('!', '-not')) {
      const test = this.#not()
      return (found) => !test(found)
    }
    if (!this.#takes('(')) return this.#primary()
    const inner = this.#or()
    if (!this.#takes(')')) throw new FindFault("unpaired '('")
    return inner
  }

  #takes(...words: readonly string[]): boolean {
    if (!words.includes(this.#words[this.#at] ?? '')) return false
    this.#at++
    return true
  }

  #primary(): Test {
    const word = this.#words[this.#at++]
    if (word === undefined) throw new FindFault('bad expression')
    return this.#action(word) ?? this.#test(word)
  }

  #action(word: string): Test | undefined {
    const does = (action: (found: FoundFile) => void): Test => {
      this.#hasAction = true
      return (found) => {
        action(found)
        return true
      }
    }
    switch (word) {
      case '-print':
        return does(({ shown }) => this.#call.write(`${shown}\n`))
      case '-print0':
        return does(({ shown }) => this.#call.write(`${shown}\0`))
      case '-delete':
        return does(({ full }) => this.#call.world.files.remove(full))
      case '-prune':
        return ({ isDirectory }) => {
          this.prunes = isDirectory
          return true
        }
      case '-exec':
        return this.#exec()
      default:
        return undefined
    }
  }

  #exec(): Test {
    const end = this.#words.findIndex((one, place) => place >= this.#at && (one === ';' || one === '+'))
    if (end < 0) throw new FindFault('-exec requires an argument')
    const command = this.#words.slice(this.#at, end)
    this.#at = end + 1
    this.#hasAction = true
    return ({ shown }) => {
      const result = this.#call.spawn(command.map((one) => one.replaceAll('{}', shown)))
      this.#call.write(result?.stdout ?? '')
      this.#call.error(result?.stderr ?? '')
      return result?.exitCode === 0
    }
  }

  #value(word: string): string {
    const value = this.#words[this.#at++]
    if (value === undefined) throw new FindFault(`${word} requires an argument`)
    return value
  }

  #number(word: string): number {
    const value = Number(this.#value(word))
    if (!Number.isInteger(value) || value < 0) throw new FindFault(`invalid number for ${word}`)
    return value
  }

  #test(word: string): Test {
    const { files } = this.#call.world
    switch (word) {
      case '-name':
      case '-iname':
      case '-path': {
        const glob = new Glob(this.#value(word), { ignoresCase: word === '-iname' })
        return ({ shown }) => glob.test(word === '-path' ? shown : (shown.split('/').at(-1) ?? ''))
      }
      case '-type': {
        const type = this.#value(word)
        if (!/^[bcdpfls]$/.test(type)) throw new FindFault(`unknown argument to -type: ${type}`)
        return ({ full, isDirectory }) =>
          type === (files.linkAt(full) !== undefined ? 'l' : isDirectory ? 'd' : 'f')
      }
      case '-empty':
        return ({ full, isDirectory }) =>
          isDirectory ? files.list(full).length === 0 : files.size(full) === 0
      case '-size':
        return this.#size(this.#value(word))
      case '-perm': {
        const text = this.#value(word)
        const wanted = Number.parseInt(text.replace(/^[-/]/, ''), 8)
        if (!/^[-/]?[0-7]{1,4}$/.test(text)) throw new FindFault(`invalid mode '${text}'`)
        return ({ full }) => {
          const mode = (files.stat(full)?.mode ?? 0) & 0o7777
          if (text.startsWith('-')) return (mode & wanted) === wanted
          return text.startsWith('/') ? (mode & wanted) !== 0 || wanted === 0 : mode === wanted
        }
      }
      case '-mmin':
      case '-cmin':
      case '-amin':
        return this.#age(this.#value(word), word, 60_000)
      case '-mtime':
      case '-ctime':
      case '-atime':
        return this.#age(this.#value(word), word, 86_400_000)
      case '-newer': {
        const path = this.#value(word)
        const than = files.stat(absolutePath(this.#call.cwd, path))
        if (than === undefined) throw new FindFault(`'${path}': No such file or directory`)
        return ({ full }) => (files.stat(full)?.time ?? 0) > than.time
      }
      case '-maxdepth':
        this.most = this.#number(word)
        return yes
      case '-mindepth':
        this.least = this.#number(word)
        return yes
      default:
        throw new FindFault(`unrecognized: ${word}`)
    }
  }

  /** `-5` is less than five whole units ago, `+5` more, `5` that many. Source: findutils parser.c. */
  #age(text: string, word: string, unit: number): Test {
    const [, sign = '', amount = ''] = /^([-+]?)(\d+(?:\.\d+)?)$/.exec(text) ?? []
    if (amount === '') throw new FindFault(`invalid argument \`${text}' to \`${word}'`)
    const now = this.#call.world.now
    return ({ full }) => {
      const age = (now - (this.#call.world.files.stat(full)?.time ?? now)) / unit
      // minutes are rounded up, days down
      const units = unit < 86_400_000 ? Math.ceil(age) : Math.floor(age)
      return sign === '-'
        ? age < Number(amount)
        : sign === '+'
          ? units > Number(amount)
          : units === Number(amount)
    }
  }

  /** `+10k` is more, `-10k` less, `10k` as many, in whole units. */
  #size(text: string): Test {
    const [, sign = '', amount = '', unit = ''] = /^([-+]?)(\d+)([cbkM]?)$/.exec(text) ?? []
    if (amount === '') throw new FindFault(`invalid number '${text}'`)
    const [count, bytes] = [Number(amount), BYTES_OF[unit] as number]
    return ({ full }) => {
      const entry = this.#call.world.files.stat(full)
      if (entry?.kind !== 'file') return false
      const units = Math.ceil(sizeOf(contentOfEntry(entry)) / bytes)
      return sign === '+' ? units > count : sign === '-' ? units < count : units === count
    }
  }
}
