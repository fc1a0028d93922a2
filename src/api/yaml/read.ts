import { GoNumber, plainNumber } from '../go-number.js'
import {
  Alias,
  Composer,
  isAlias,
  isCollection,
  isNode,
  isPair,
  isScalar,
  Lexer,
  LineCounter,
  Parser,
  YAMLParseError,
  type CST,
  type Document,
  type DocumentOptions,
  type ErrorCode,
  type Node,
  type ParseOptions,
  type Scalar,
  type SchemaOptions,
} from 'yaml'

/** Options of the YAML library. */
export type YamlOptions = ParseOptions & DocumentOptions & SchemaOptions

/**
 * Deepest nesting of collections. go-yaml stops at 10,000 levels; here the library composes recursively, and
 * a regular expression that V8 compiles at the end of the stack aborts the process. The main thread's stack
 * of 1 MB takes about 800 levels where code is not compiled yet.
 */
const MOST_DEPTH = 500

/** Yields the syntax tree of a text without recursion. Throws YAMLParseError for one nested too deeply. */
function* boundedTokens(text: string, lines?: LineCounter): Generator<CST.Token, void> {
  const parser = new Parser(lines?.addNewLine)
  lines?.addNewLine(0)
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme)
    if (parser.stack.length <= MOST_DEPTH) continue
    const { offset } = parser
    throw new YAMLParseError([offset, offset + 1], 'RESOURCE_EXHAUSTION', 'Nested too deeply')
  }
  yield* parser.end()
}

/**
 * Yields the documents of a text one after the other; each has its own errors. All reading of users' YAML
 * goes through this module. Throws YAMLParseError for a text that is nested more than 500 levels deep.
 */
export function yamlDocuments(
  text: string,
  options: YamlOptions & { readonly lineCounter?: LineCounter } = {},
): Generator<Document.Parsed, void> {
  return new Composer(options).compose(boundedTokens(text, options.lineCounter)) as Generator<
    Document.Parsed,
    void
  >
}

/**
 * Returns the first document of a text, undefined if there is none. Stops at the first error, since an input
 * of nothing but errors costs far more than a valid one. Throws YAMLParseError.
 */
export function firstYamlDocument(
  text: string,
  options: YamlOptions & { readonly lineCounter?: LineCounter },
): Document.Parsed | undefined {
  const composer = new Composer(options)
  let first: YAMLParseError | undefined
  const onError = (source: ErrorSource, code: ErrorCode, message: string, isWarning?: boolean): void => {
    if (isWarning === true) return
    // the library takes what is thrown for the end of the stack, and reports that
    throw (first ??= new YAMLParseError(rangeOf(source), code, message))
  }
  Object.assign(composer, { onError })
  for (const document of composer.compose(soundTokens(text, options.lineCounter)))
    return document as Document.Parsed
  return undefined
}

/** Yields the syntax tree up to the first token that belongs nowhere, and throws the library's error. */
function* soundTokens(text: string, lines?: LineCounter): Generator<CST.Token, void> {
  for (const token of boundedTokens(text, lines)) {
    yield token
    if (token.type !== 'error') continue
    const { message, source } = token
    const shown = source === '' ? message : `${message}: ${JSON.stringify(source)}`
    throw new YAMLParseError(rangeOf(token), 'UNEXPECTED_TOKEN', shown)
  }
}

/** The place of an error, as the library's composer takes it. */
type ErrorSource = number | readonly [number, number] | { readonly offset: number; readonly source?: string }

function rangeOf(source: ErrorSource): [number, number] {
  if (typeof source === 'number') return [source, source + 1]
  if ('offset' in source) return [source.offset, source.offset + (source.source?.length ?? 1)]
  return [source[0], source[1]]
}

/**
 * Returns the value of the only document of a text, null if it is empty. Throws YAMLParseError, whose message
 * says where; also for an alias that is undefined or expands too much.
 */
export function parseYamlText(text: string, options: YamlOptions = {}): unknown {
  const lineCounter = new LineCounter()
  const tokens = boundedTokens(text, lineCounter)
  const [document, another] = new Composer(options).compose(tokens, true, text.length)
  const fault =
    document?.errors[0] ??
    (another && new YAMLParseError(another.range.slice(0, 2) as [number, number], 'MULTIPLE_DOCS', SEVERAL))
  if (fault !== undefined) throw placed(fault, lineCounter)
  return yamlValue(document)
}

const SEVERAL = 'The text has several documents, and may have one'

/**
 * Returns the value of a document without errors. Throws YAMLParseError (`BAD_ALIAS`, in go-yaml's words) for
 * an alias that has no anchor, stands inside its own anchor, or expands too much.
 */
export function yamlValue(document: Document.Parsed | undefined): unknown {
  if (document === undefined) return null
  const fault = prepare(document.contents)
  if (fault !== undefined) throw new YAMLParseError([0, 1], 'BAD_ALIAS', fault)
  try {
    return document.toJS() as unknown
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    throw new YAMLParseError([0, 1], 'BAD_ALIAS', 'document contains excessive aliasing')
  }
}

/**
 * Gives whole numbers that a double cannot hold their exact values. Leads every alias to its anchor, for
 * which the library would look through all anchors and aliases before it. Returns what is wrong with the
 * first that leads nowhere, or else into itself.
 */
function prepare(contents: unknown): string | undefined {
  const anchors = new Map<string, object>()
  const open = new Set<object>()
  let unknown: string | undefined
  let cyclic: string | undefined
  const walk = (node: unknown): void => {
    if (isAlias(node)) {
      const target = anchors.get(node.source)
      if (target === undefined) unknown ??= `unknown anchor '${node.source}' referenced`
      else if (open.has(target)) cyclic ??= `anchor '${node.source}' value contains itself`
      else linkTo(node, target)
      return
    }
    if (!isNode(node)) return
    if (node.anchor !== undefined) anchors.set(node.anchor, node)
    if (isScalar(node)) readExactly(node)
    if (!isCollection(node)) return
    open.add(node)
    for (const item of node.items) {
      walk(isPair(item) ? item.key : item)
      if (isPair(item)) walk(item.value)
    }
    open.delete(node)
  }
  walk(contents)
  return unknown ?? cyclic
}

function readExactly(node: Scalar): void {
  const { value, source = '' } = node
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !/^[-+]?[1-9]\d*$/.test(source)) return
  node.value = plainNumber(new GoNumber(source.replace('+', '')))
}

function linkTo(alias: Alias, target: object): void {
  const resolve: Alias['resolve'] = (document, context) =>
    context === undefined
      ? (target as ReturnType<Alias['resolve']>)
      : Alias.prototype.resolve.call(alias, document, { ...context, aliasResolveCache: [target as Node] })
  Object.defineProperty(alias, 'resolve', { value: resolve })
}

/** Adds line and column to the message of an error. */
export function placed(fault: YAMLParseError, lines: LineCounter): YAMLParseError {
  const [from, to] = fault.pos
  const { line, col } = lines.linePos(from)
  return new YAMLParseError([from, to], fault.code, `${fault.message} at line ${line}, column ${col}`)
}
