import { quote } from '../go/quote.js'
import { goNumberText } from '../go/number.js'
import { maxDepth, maxStrictFaults, setOwn } from '../json/plain-json.js'
import { UNPRINTABLE } from './characters.js'
import { type NodeHandler, Parser, type NodeProperties } from './parse.js'
import { isMergeKey, valueOfScalar } from './resolve.js'
import { TooManyValuesError } from '../json/too-many-values.js'
import { YamlError, YamlValueError } from './yaml-error.js'

export { YamlError } from './yaml-error.js'

/** A document of a text. */
export interface YamlDocument {
  /** Its value; null if it is empty. */
  readonly value: unknown
  /** The first hundred keys that a map has twice, as Go tells them. The last one counts. */
  readonly repeatedKeys: readonly string[]
}

/** Options of the reader. */
export interface YamlOptions {
  /** Whether members have the order of the text. Default: sorted by name, as Go writes maps. */
  readonly keepsOrder?: boolean
  /** Most values that a document may hold. Default: no limit. */
  readonly mostValues?: number
  /** Gets the line, from 1, on which each map begins. Default: nobody asks. */
  readonly lines?: WeakMap<object, number> | undefined
}

/**
 * Yields the documents of a text as sigs.k8s.io/yaml reads them: YAML 1.1, whose `yes` and `on` are true, in
 * linear time. All reading of users' YAML goes through this module. Throws YamlError with go-yaml's text, and
 * TooManyValuesError.
 */
export function* yamlDocuments(text: string, options: YamlOptions = {}): Generator<YamlDocument, void> {
  if (UNPRINTABLE.test(text)) throw new YamlError('control characters are not allowed')
  const parser = new Parser(text.replace(/^\uFEFF/, ''))
  for (;;) {
    const composer = new Composer(options)
    if (!parser.next(composer)) return
    yield composer.end()
  }
}

/**
 * Returns the first document of a text, whatever is behind it; null if the text is empty. Throws YamlError
 * and TooManyValuesError.
 */
export function firstYamlDocument(text: string, options: YamlOptions = {}): YamlDocument {
  const { value, done } = yamlDocuments(text, options).next()
  return done === true ? { value: null, repeatedKeys: [] } : value
}

/**
 * Returns the value of the only document of a text, null if it is empty, with members in the order of the
 * text. Throws YamlError, also for a text with several documents.
 */
export function parseYamlText(text: string): unknown {
  const [first, ...others] = yamlDocuments(text, { keepsOrder: true })
  if (others.length > 0) throw new YamlError('the text has several documents, and may have one')
  return first === undefined ? null : first.value
}

/** Go's limit of nesting, which its errors tell. */
const GO_LEVELS = 10_000

type YamlMap = Record<string, unknown>

/** A list or map whose members are being read. */
interface Open {
  readonly list: unknown[] | undefined
  readonly map: YamlMap
  /** The key whose value is next; undefined if a key is next. */
  key: string | undefined
  /** Whether the key is `<<`, or null. */
  special: 'merge' | 'null' | undefined
  lastKey: string
  isSorted: boolean
  readonly anchor: Anchor | undefined
  readonly line: number
}

/** What an alias leads to. */
interface Anchor {
  value: unknown
  isOpen: boolean
  /** Nodes that have been read before it, then how many it has. */
  nodes: number
}

/** Builds the value of a document. Source: go-yaml decode.go, sigs.k8s.io/yaml convertToJSONableObject. */
class Composer implements NodeHandler {
  readonly #keepsOrder: boolean
  readonly #mostValues: number
  readonly #lines: WeakMap<object, number> | undefined
  #value: unknown = null
  readonly #open: Open[] = []
  readonly #anchors = new Map<string, Anchor>()
  readonly #repeated: string[] = []
  /** What is wrong with the values. Go decodes them after it has parsed the document. */
  #fault: YamlError | undefined
  /** What JSON does not have. Go converts the values after it has decoded all. */
  #unconverted: YamlError | undefined
  #nodes = 0
  #aliased = 0

  constructor({ keepsOrder = false, mostValues = Infinity, lines }: YamlOptions) {
    this.#lines = lines
    this.#keepsOrder = keepsOrder
    this.#mostValues = mostValues
  }

  end(): YamlDocument {
    const fault = this.#fault ?? this.#unconverted
    if (fault !== undefined) throw fault
    return { value: this.#value, repeatedKeys: this.#repeated }
  }

  scalar(text: string, isPlain: boolean, line: number, { tag, anchor }: NodeProperties): void {
    this.#count(1)
    if (this.#open.at(-1)?.special === 'merge') this.#fail(NO_MERGE)
    const value = this.#scalarValue(text, isPlain, tag)
    if (typeof value === 'number' && !Number.isFinite(value) && !this.#expectsKey())
      this.#unconverted ??= new YamlValueError(`json: unsupported value: ${goInfinity(value)}`)
    if (anchor !== '') this.#anchors.set(anchor, { value, isOpen: false, nodes: 1 })
    if (isMergeKey(text, isPlain, tag) && this.#expectsKey()) {
      const top = this.#open.at(-1) as Open
      top.special = 'merge'
      top.key = '<<'
    } else this.#add(value, line)
  }

  alias(name: string, line: number): void {
    const anchor = this.#anchors.get(name)
    if (anchor === undefined) throw new YamlError(`unknown anchor '${name}' referenced`)
    if (anchor.isOpen) this.#fail(`anchor '${name}' value contains itself`)
    else {
      this.#aliased += anchor.nodes
      this.#count(1 + anchor.nodes)
    }
    this.#add(anchor.value, line)
  }

  open(isMap: boolean, line: number, { anchor: name }: NodeProperties): void {
    const anchor = name === '' ? undefined : { value: null, isOpen: true, nodes: this.#nodes }
    if (anchor !== undefined) this.#anchors.set(name, anchor)
    this.#count(1)
    if (this.#open.length >= maxDepth) throw new YamlError(`exceeded max depth of ${GO_LEVELS}`)
    this.#open.push({
      list: isMap ? undefined : [],
      map: {},
      key: undefined,
      special: undefined,
      lastKey: '',
      isSorted: true,
      anchor,
      line,
    })
  }

  close(): void {
    const { list, map, isSorted, anchor, line } = this.#open.pop() as Open
    const value = list ?? (isSorted || this.#keepsOrder ? map : sorted(map))
    if (list === undefined) this.#lines?.set(value, line + 1)
    if (anchor !== undefined) {
      anchor.value = value
      anchor.isOpen = false
      anchor.nodes = this.#nodes - anchor.nodes
    }
    this.#add(value, line)
  }

  #fail(problem: string): void {
    this.#fault ??= new YamlError(problem)
  }

  #scalarValue(text: string, isPlain: boolean, tag: string): unknown {
    try {
      return valueOfScalar(text, isPlain, tag)
    } catch (error) {
      if (!(error instanceof YamlError)) throw error
      this.#fault ??= error
      return text
    }
  }

  /** Counts nodes that are decoded, and refuses a document most of which are aliases. */
  #count(nodes: number): void {
    this.#nodes += nodes
    if (this.#aliased > 100 && this.#nodes > 1000 && this.#aliased / this.#nodes > mostAliased(this.#nodes))
      this.#fail('document contains excessive aliasing')
    if (this.#nodes > this.#mostValues) throw this.#fault ?? new TooManyValuesError(this.#mostValues)
  }

  #expectsKey(): boolean {
    const top = this.#open.at(-1)
    return top !== undefined && top.list === undefined && top.key === undefined
  }

  #add(value: unknown, line: number): void {
    const top = this.#open.at(-1)
    if (top === undefined) this.#value = value
    else if (top.list !== undefined) top.list.push(value)
    else if (top.key === undefined) {
      top.key = this.#keyOf(value)
      if (value === null) top.special = 'null'
    } else {
      if (top.special === 'merge') this.#merge(top, value, line)
      else this.#set(top, top.key, value, line)
      if (top.special === 'null') this.#unconverted ??= new YamlValueError(NULL_KEY + goSyntax(value))
      top.key = undefined
      top.special = undefined
    }
  }

  #keyOf(key: unknown): string {
    if (typeof key === 'string') return key
    if (typeof key === 'number') return keyOfNumber(key)
    if (typeof key === 'object' && key !== null) this.#fail(`invalid map key: ${goSyntax(key)}`)
    return String(key)
  }

  #set(open: Open, key: string, value: unknown, line: number): void {
    const { map } = open
    if (Object.hasOwn(map, key)) {
      if (this.#repeated.length < maxStrictFaults)
        this.#repeated.push(`line ${line + 1}: key ${quote(key)} already set in map`)
    } else {
      open.isSorted &&= open.lastKey <= key
      open.lastKey = key
    }
    setOwn(map, key, value)
  }

  /** Sets the members of a map, or those of a list of maps, of which the first goes before the others. */
  #merge(open: Open, value: unknown, line: number): void {
    if (this.#fault !== undefined) return
    const maps = Array.isArray(value) ? (value as unknown[]).toReversed() : [value]
    for (const map of maps) {
      if (typeof map !== 'object' || map === null || Array.isArray(map)) return this.#fail(NO_MERGE)
      for (const key of Object.keys(map)) this.#set(open, key, (map as YamlMap)[key], line)
    }
  }
}

/** Share of the nodes of a document that aliases may lead to. Source: go-yaml decode.go allowedAliasRatio. */
const mostAliased = (nodes: number): number =>
  nodes <= 400_000 ? 0.99 : nodes >= 4_000_000 ? 0.1 : 0.99 - 0.89 * ((nodes - 400_000) / 3_600_000)

const NO_MERGE = 'map merge requires map or sequence of maps as the value'
const NULL_KEY = 'unsupported map key of type: %!s(<nil>), key: <nil>, value: '

function keyOfNumber(key: number): string {
  if (Number.isNaN(key)) return '.nan'
  if (!Number.isFinite(key)) return key > 0 ? '.inf' : '-.inf'
  return Number.isSafeInteger(key) ? String(key) : goNumberText(key)
}

const goInfinity = (value: number): string => (Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf')

function sorted(map: YamlMap): YamlMap {
  const result: YamlMap = {}
  for (const key of Object.keys(map).sort()) setOwn(result, key, map[key])
  return result
}

/** Returns a value as Go's %#v prints it, to a depth that a person reads. */
function goSyntax(value: unknown, depth = 0): string {
  const inner = (one: unknown): string => (one === null ? 'interface {}(nil)' : goSyntax(one, depth + 1))
  if (value === null) return '<nil>'
  if (typeof value !== 'object')
    return typeof value === 'string' ? JSON.stringify(value) : String(value as number)
  if (depth > 20) return '...'
  if (Array.isArray(value)) return `[]interface {}{${value.map(inner).join(', ')}}`
  const members = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}:${inner(one)}`)
  return `map[interface {}]interface {}{${members.join(', ')}}`
}
