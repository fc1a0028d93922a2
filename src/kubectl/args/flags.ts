import { boolFault, parseBool } from '../../lang/go/bool.js'
import { quote } from '../../lang/go/quote.js'
import { DurationError, parseGoDuration } from '../../lang/go/duration.js'
import { KubectlError } from '../call/errors.js'

/** `strings` are split at commas (pflag's StringSlice), an `array` is not (StringArray). */
export type FlagType = 'bool' | 'string' | 'int' | 'duration' | 'strings' | 'array'

/** One flag of a command. */
export interface FlagSpec {
  readonly name: string
  readonly type: FlagType
  /** One letter. */
  readonly short?: string
  /** The meaning of the flag without a value (pflag's NoOptDefVal); without it, a value is required. */
  readonly bare?: string
  /** Default value as text. Without it each command chooses its own. */
  readonly value?: string
  /** Must be given. */
  readonly required?: boolean
  /** Message for the use of a deprecated flag. */
  readonly deprecated?: string
}

/** The flags of a command line with their values, and the other words. */
export interface ParsedFlags {
  readonly args: readonly string[]
  /** How many of the arguments preceded `--`; undefined if there was none. */
  readonly dash: number | undefined
  readonly flags: Flags
}

/** Values of flags by name, or their defaults. */
export class Flags {
  readonly #values: ReadonlyMap<string, readonly string[]>
  readonly #specs: ReadonlyMap<string, FlagSpec>

  constructor(
    values: ReadonlyMap<string, readonly string[]>,
    specs: ReadonlyMap<string, FlagSpec> = new Map(),
  ) {
    this.#values = values
    this.#specs = specs
  }

  /** Whether the flag was given. */
  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** Returns the flags without `names`: flags that a command uses itself do not affect the connection. */
  without(names: ReadonlySet<string>): Flags {
    return new Flags(new Map([...this.#values].filter(([name]) => !names.has(name))), this.#specs)
  }

  /** Messages for the deprecated flags that were given. */
  deprecations(): readonly string[] {
    return [...this.#values.keys()].flatMap((name) => {
      const text = this.#specs.get(name)?.deprecated
      return text === undefined ? [] : [`Flag --${name} has been deprecated, ${text}`]
    })
  }

  /** Required flags that were not given, in alphabetical order. */
  missing(): readonly string[] {
    return [...this.#specs.values()]
      .filter(({ name, required }) => required === true && !this.has(name))
      .map(({ name }) => name)
      .sort()
  }

  string(name: string, otherwise: string = this.#specs.get(name)?.value ?? ''): string {
    return this.#values.get(name)?.at(-1) ?? otherwise
  }

  bool(name: string, otherwise: boolean = this.#specs.get(name)?.value === 'true'): boolean {
    const text = this.#values.get(name)?.at(-1)
    return text === undefined ? otherwise : parseBool(text) === true
  }

  int(name: string, otherwise: number = Number(this.#specs.get(name)?.value ?? 0)): number {
    const text = this.#values.get(name)?.at(-1)
    return text === undefined ? otherwise : Number(text)
  }

  /** Whole milliseconds, since virtual time has no parts of them; rounded up. */
  duration(name: string, otherwise: number = parseGoDuration(this.#specs.get(name)?.value ?? '0s')): number {
    const text = this.#values.get(name)?.at(-1)
    return text === undefined ? otherwise : Math.ceil(parseGoDuration(text))
  }

  /** All values of a repeatable flag, split at commas unless it is an `array`. */
  strings(name: string): readonly string[] {
    const spec = this.#specs.get(name)
    const given = this.#values.get(name) ?? (spec?.value ? [spec.value] : [])
    return spec?.type === 'array'
      ? given
      : given.filter((text) => text !== '').flatMap((text) => text.split(','))
  }
}

/** The flag that every command has; it is in no table. Source: cobra InitDefaultHelpFlag. */
const HELP: FlagSpec = { name: 'help', short: 'h', type: 'bool', value: 'false' }

/** Parses words as Go's pflag does, flags and arguments mixed. Throws KubectlError with pflag's texts. */
export function parseFlags(
  words: readonly string[],
  specs: readonly FlagSpec[],
  command: string,
): ParsedFlags {
  const reader = new FlagReader(words, [...specs, HELP])
  try {
    return reader.read()
  } catch (error) {
    if (error instanceof KubectlError)
      throw new KubectlError(`${error.message}\nSee '${helpOf(command)} --help' for usage.`)
    throw error
  }
}

const helpOf = (command: string): string => (command === '' ? 'kubectl' : `kubectl ${command}`)

class FlagReader {
  readonly #words: readonly string[]
  readonly #byName: ReadonlyMap<string, FlagSpec>
  readonly #byLetter: ReadonlyMap<string, FlagSpec>
  readonly #values = new Map<string, string[]>()
  #at = 0

  constructor(words: readonly string[], specs: readonly FlagSpec[]) {
    this.#words = words
    this.#byName = new Map(specs.map((spec) => [spec.name, spec]))
    this.#byLetter = new Map(
      specs.flatMap((spec) => (spec.short === undefined ? [] : [[spec.short, spec] as const])),
    )
  }

  read(): ParsedFlags {
    const args: string[] = []
    let dash: number | undefined
    while (this.#at < this.#words.length) {
      const word = this.#words[this.#at++] as string
      if (word === '--') {
        dash = args.length
        args.push(...this.#words.slice(this.#at))
        break
      }
      if (word.startsWith('--')) this.#long(word)
      else if (word.startsWith('-') && word !== '-') this.#shorthands(word)
      else args.push(word)
    }
    return { args, dash, flags: new Flags(this.#values, this.#byName) }
  }

  #long(word: string): void {
    const [name, value] = cut(word.slice(2))
    if (name === '' || name.startsWith('-')) throw new KubectlError(`bad flag syntax: ${word}`)
    const spec = this.#byName.get(name)
    if (spec === undefined) throw new KubectlError(`unknown flag: --${name}`)
    this.#set(spec, value ?? this.#bareOrNext(spec, `--${name}`))
  }

  /** Parses `-n x`, `-nx`, `-n=x`, `-Aw`. */
  #shorthands(word: string): void {
    let rest = word.slice(1)
    while (rest !== '') {
      const letter = rest.charAt(0)
      const spec = this.#byLetter.get(letter)
      if (spec === undefined) throw new KubectlError(`unknown shorthand flag: '${letter}' in -${rest}`)
      const where = `'${letter}' in -${rest}`
      rest = rest.slice(1)
      if (rest.startsWith('=')) {
        this.#set(spec, rest.slice(1))
        return
      }
      if (bareValue(spec) === undefined && rest !== '') {
        this.#set(spec, rest)
        return
      }
      this.#set(spec, this.#bareOrNext(spec, where))
    }
  }

  #bareOrNext(spec: FlagSpec, where: string): string {
    const bare = bareValue(spec)
    if (bare !== undefined) return bare
    if (this.#at >= this.#words.length) throw new KubectlError(`flag needs an argument: ${where}`)
    return this.#words[this.#at++] as string
  }

  #set(spec: FlagSpec, value: string): void {
    const fault = faultOf(spec.type, value)
    if (fault !== undefined) {
      const shown = spec.short === undefined ? `--${spec.name}` : `-${spec.short}, --${spec.name}`
      throw new KubectlError(`invalid argument ${quote(value)} for "${shown}" flag: ${fault}`)
    }
    const known = this.#values.get(spec.name)
    if (known === undefined) this.#values.set(spec.name, [value])
    else known.push(value)
  }
}

const bareValue = (spec: FlagSpec): string | undefined =>
  spec.bare ?? (spec.type === 'bool' ? 'true' : undefined)

function cut(text: string): readonly [string, string | undefined] {
  const at = text.indexOf('=')
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

/** Go's error for a value that does not fit the flag's type. */
function faultOf(type: FlagType, value: string): string | undefined {
  const quoted = JSON.stringify(value)
  if (type === 'bool' && parseBool(value) === undefined) return boolFault(value)
  if (type === 'int' && !/^[+-]?\d+$/.test(value))
    return `strconv.ParseInt: parsing ${quoted}: invalid syntax`
  return type === 'duration' ? durationFault(value) : undefined
}

function durationFault(value: string): string | undefined {
  try {
    parseGoDuration(value)
    return undefined
  } catch (error) {
    if (error instanceof DurationError) return error.message
    throw error
  }
}
