import { Scanner } from './scan.js'
import * as kinds from './tokens.js'
import { YamlError } from './yaml-error.js'

/** The anchor and the tag before a node; '' if it has none. */
export interface NodeProperties {
  readonly anchor: string
  readonly tag: string
}

/** What is told of the nodes of a document, in their order. `line` is where one begins, from 0. */
export interface NodeHandler {
  /** A scalar; `isPlain` if its text says of what type it is. */
  scalar(text: string, isPlain: boolean, line: number, properties: NodeProperties): void
  alias(name: string, line: number): void
  open(isMap: boolean, line: number, properties: NodeProperties): void
  close(): void
}

const NONE: NodeProperties = { anchor: '', tag: '' }
const DEFAULT_TAGS: readonly (readonly [string, string])[] = [
  ['!', '!'],
  ['!!', 'tag:yaml.org,2002:'],
]

/** Ends of documents, or what stands before them. */
const isBetweenDocuments = (kind: number): boolean => kind <= kinds.DOCUMENT_END

/** Whether no node begins with a token, but the next key or value of a block does, or the block ends. */
const isBlockIndicator = (kind: number): boolean =>
  kind === kinds.KEY || kind === kinds.VALUE || kind === kinds.BLOCK_END

/**
 * Parses a text as go-yaml does, document by document, without recursion. Source: go-yaml parserc.go, whose
 * states are the fields that hold functions.
 */
export class Parser {
  readonly #tokens: Scanner
  #handler!: NodeHandler
  #isFirst = true
  #state!: () => void
  readonly #states: (() => void)[] = []
  readonly #tags = new Map<string, string>()

  constructor(text: string) {
    this.#tokens = new Scanner(text)
  }

  /** Tells the nodes of the next document. False if there is none. Throws YamlError. */
  next(handler: NodeHandler): boolean {
    this.#handler = handler
    while (!this.#isFirst && this.#tokens.peek() === kinds.DOCUMENT_END) this.#tokens.skip()
    const kind = this.#tokens.peek()
    if (kind === kinds.STREAM_END) return false
    this.#states.push(this.#documentEnd)
    const isBare = this.#isFirst && (kind === kinds.DOCUMENT_END || !isBetweenDocuments(kind))
    this.#isFirst = false
    this.#directives()
    if (!isBare) {
      if (this.#tokens.peek() !== kinds.DOCUMENT_START) this.#refuse('did not find expected <document start>')
      this.#tokens.skip()
    }
    if (!isBare && isBetweenDocuments(this.#tokens.peek())) this.#empty(this.#pop())
    else this.#node(true, false)
    while (this.#state !== this.#ended) this.#state()
    return true
  }

  #refuse(problem: string): never {
    const { line, column } = this.#tokens
    throw new YamlError(problem, line, { line, column })
  }

  #pop(): () => void {
    return this.#states.pop() as () => void
  }

  /** Tells a scalar that is not there, and goes on with a state. */
  #empty(state: () => void, line = this.#tokens.line): void {
    this.#state = state
    this.#handler.scalar('', true, line, NONE)
  }

  /** Reads a node, and goes on with a state. */
  #nodeThen(state: () => void, isBlock: boolean, isIndentless = false): void {
    this.#states.push(state)
    this.#node(isBlock, isIndentless)
  }

  #node(isBlock: boolean, isIndentless: boolean): void {
    if (this.#tokens.peek() === kinds.ALIAS) {
      this.#handler.alias(this.#tokens.text, this.#tokens.line)
      this.#state = this.#pop()
      this.#tokens.skip()
      return
    }
    const { line } = this.#tokens
    const properties = this.#properties()
    const kind = this.#tokens.peek()
    if (kind === kinds.PLAIN_SCALAR || kind === kinds.QUOTED_SCALAR) {
      const text = this.#tokens.text
      this.#handler.scalar(text, kind === kinds.PLAIN_SCALAR && properties.tag === '', line, properties)
      this.#state = this.#pop()
      this.#tokens.skip()
      return
    }
    if (kind === kinds.BLOCK_ENTRY && isIndentless)
      return this.#open(false, line, properties, this.#indentless)
    const state = this.#collectionOf(kind, isBlock)
    if (state !== undefined) {
      const isMap = kind === kinds.BLOCK_MAPPING_START || kind === kinds.FLOW_MAPPING_START
      this.#open(isMap, line, properties, state)
      this.#tokens.skip()
    } else if (properties === NONE) this.#refuse('did not find expected node content')
    else {
      this.#handler.scalar('', properties.tag === '', line, properties)
      this.#state = this.#pop()
    }
  }

  #open(isMap: boolean, line: number, properties: NodeProperties, state: () => void): void {
    this.#handler.open(isMap, line, properties)
    this.#state = state
  }

  /** The state after the first token of a collection. */
  #collectionOf(kind: number, isBlock: boolean): (() => void) | undefined {
    if (kind === kinds.FLOW_SEQUENCE_START) return this.#firstFlowEntry
    if (kind === kinds.FLOW_MAPPING_START) return this.#firstFlowKey
    if (kind === kinds.BLOCK_SEQUENCE_START && isBlock) return this.#blockEntry
    return kind === kinds.BLOCK_MAPPING_START && isBlock ? this.#blockKey : undefined
  }

  #properties(): NodeProperties {
    let anchor = ''
    let tag = ''
    for (let kind = this.#tokens.peek(); ; kind = this.#tokens.peek()) {
      if (kind === kinds.ANCHOR && anchor === '') anchor = this.#tokens.text
      else if (kind === kinds.TAG && tag === '') tag = this.#tag(this.#tokens.text)
      else return anchor === '' && tag === '' ? NONE : { anchor, tag }
      this.#tokens.skip()
    }
  }

  #tag(text: string): string {
    const [handle = '', suffix = ''] = text.split(kinds.BETWEEN)
    if (handle === '') return suffix
    const prefix = this.#tags.get(handle)
    return prefix === undefined ? this.#refuse('found undefined tag handle') : prefix + suffix
  }

  #directives(): void {
    let hasVersion = false
    for (let kind = this.#tokens.peek(); ; kind = this.#tokens.peek()) {
      const text = this.#tokens.text
      if (kind === kinds.VERSION_DIRECTIVE) {
        if (hasVersion) this.#refuse('found duplicate %YAML directive')
        if (text !== '1.1') this.#refuse('found incompatible YAML document')
        hasVersion = true
      } else if (kind === kinds.TAG_DIRECTIVE) {
        const [handle = '', prefix = ''] = text.split(kinds.BETWEEN)
        if (this.#tags.has(handle)) this.#refuse('found duplicate %TAG directive')
        this.#tags.set(handle, prefix)
      } else break
      this.#tokens.skip()
    }
    for (const [handle, prefix] of DEFAULT_TAGS) if (!this.#tags.has(handle)) this.#tags.set(handle, prefix)
  }

  /** The state behind a document, in which nothing is done. */
  readonly #ended = (): void => undefined

  readonly #documentEnd = (): void => {
    if (this.#tokens.peek() === kinds.DOCUMENT_END) this.#tokens.skip()
    this.#tags.clear()
    this.#state = this.#ended
  }

  #close(): void {
    this.#handler.close()
    this.#state = this.#pop()
  }

  readonly #blockEntry = (): void => {
    const kind = this.#tokens.peek()
    if (kind === kinds.BLOCK_ENTRY) {
      const { line } = this.#tokens
      this.#tokens.skip()
      const next = this.#tokens.peek()
      if (next === kinds.BLOCK_ENTRY || next === kinds.BLOCK_END) this.#empty(this.#blockEntry, line)
      else this.#nodeThen(this.#blockEntry, true)
    } else if (kind === kinds.BLOCK_END) {
      this.#close()
      this.#tokens.skip()
    } else this.#refuse("did not find expected '-' indicator")
  }

  /** An entry of a sequence in a map that is indented no deeper than its key. */
  readonly #indentless = (): void => {
    if (this.#tokens.peek() !== kinds.BLOCK_ENTRY) return this.#close()
    const { line } = this.#tokens
    this.#tokens.skip()
    const next = this.#tokens.peek()
    if (next === kinds.BLOCK_ENTRY || isBlockIndicator(next)) this.#empty(this.#indentless, line)
    else this.#nodeThen(this.#indentless, true)
  }

  readonly #blockKey = (): void => {
    const kind = this.#tokens.peek()
    if (kind === kinds.KEY) {
      this.#tokens.skip()
      if (isBlockIndicator(this.#tokens.peek())) this.#empty(this.#blockValue)
      else this.#nodeThen(this.#blockValue, true, true)
    } else if (kind === kinds.BLOCK_END) {
      this.#close()
      this.#tokens.skip()
    } else this.#refuse('did not find expected key')
  }

  readonly #blockValue = (): void => {
    if (this.#tokens.peek() !== kinds.VALUE) return this.#empty(this.#blockKey)
    const { line } = this.#tokens
    this.#tokens.skip()
    if (isBlockIndicator(this.#tokens.peek())) this.#empty(this.#blockKey, line)
    else this.#nodeThen(this.#blockKey, true, true)
  }

  readonly #firstFlowEntry = (): void => this.#flowItem()

  readonly #flowEntry = (): void => {
    const kind = this.#tokens.peek()
    if (kind === kinds.FLOW_ENTRY) this.#tokens.skip()
    else if (kind !== kinds.FLOW_SEQUENCE_END) this.#refuse("did not find expected ',' or ']'")
    this.#flowItem()
  }

  #flowItem(): void {
    const kind = this.#tokens.peek()
    if (kind === kinds.FLOW_SEQUENCE_END) {
      this.#close()
      this.#tokens.skip()
    } else if (kind === kinds.KEY) {
      this.#open(true, this.#tokens.line, NONE, this.#flowPairKey)
      this.#tokens.skip()
    } else this.#nodeThen(this.#flowEntry, false)
  }

  readonly #flowPairKey = (): void => {
    const kind = this.#tokens.peek()
    const isNode = kind !== kinds.VALUE && kind !== kinds.FLOW_ENTRY && kind !== kinds.FLOW_SEQUENCE_END
    if (isNode) return this.#nodeThen(this.#flowPairValue, false)
    // go-yaml skips what ends the pair too
    this.#empty(this.#flowPairValue)
    return this.#tokens.skip()
  }

  readonly #flowPairValue = (): void => {
    if (this.#tokens.peek() === kinds.VALUE) {
      this.#tokens.skip()
      const kind = this.#tokens.peek()
      if (kind !== kinds.FLOW_ENTRY && kind !== kinds.FLOW_SEQUENCE_END)
        return this.#nodeThen(this.#flowPairEnd, false)
    }
    return this.#empty(this.#flowPairEnd)
  }

  readonly #flowPairEnd = (): void => {
    this.#tokens.peek()
    this.#handler.close()
    this.#state = this.#flowEntry
  }

  readonly #firstFlowKey = (): void => this.#flowMember()

  readonly #flowKey = (): void => {
    const kind = this.#tokens.peek()
    if (kind === kinds.FLOW_ENTRY) this.#tokens.skip()
    else if (kind !== kinds.FLOW_MAPPING_END) this.#refuse("did not find expected ',' or '}'")
    this.#flowMember()
  }

  #flowMember(): void {
    const kind = this.#tokens.peek()
    if (kind === kinds.FLOW_MAPPING_END) {
      this.#close()
      this.#tokens.skip()
    } else if (kind === kinds.KEY) {
      this.#tokens.skip()
      const next = this.#tokens.peek()
      if (next === kinds.VALUE || next === kinds.FLOW_ENTRY || next === kinds.FLOW_MAPPING_END)
        this.#empty(this.#flowValue)
      else this.#nodeThen(this.#flowValue, false)
    } else this.#nodeThen(this.#flowNoValue, false)
  }

  readonly #flowNoValue = (): void => {
    this.#tokens.peek()
    this.#empty(this.#flowKey)
  }

  readonly #flowValue = (): void => {
    if (this.#tokens.peek() === kinds.VALUE) {
      this.#tokens.skip()
      const kind = this.#tokens.peek()
      if (kind !== kinds.FLOW_ENTRY && kind !== kinds.FLOW_MAPPING_END)
        return this.#nodeThen(this.#flowKey, false)
    }
    return this.#empty(this.#flowKey)
  }
}
