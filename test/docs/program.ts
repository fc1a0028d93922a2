import ts from 'typescript'
import type { Block } from './blocks.js'

/** A module made of a block and of those that continue it. */
export interface Program {
  /** `docs/access.md:12` */
  readonly name: string
  readonly text: string
  /** For each line of the module the line of the page that it comes from; 0 for none. */
  readonly lines: readonly number[]
  /** Whether it defines tests. */
  readonly hasTests: boolean
  readonly typesOnly: boolean
}

interface Part {
  /** Text of each import, to the line that it is on. */
  readonly imports: ReadonlyMap<string, number>
  readonly lines: readonly string[]
  readonly first: number
}

const EXPECT = 'documented'

/** The programs of a page's blocks. */
export function programsOf(blocks: readonly Block[]): readonly Program[] {
  const chains: Block[][] = []
  for (const block of blocks) {
    if (block.continues && chains.length > 0) chains.at(-1)?.push(block)
    else chains.push([block])
  }
  return chains.map(programOf)
}

/** Imports come first, once each; a block that continues another is a scope within it. */
function programOf(chain: readonly Block[]): Program {
  const parts = chain.map(({ setup, setupLine, code, line }) => [read(setup, setupLine), read(code, line)])
  const text = [`import { expect as ${EXPECT} } from 'vitest'`]
  const lines = [0]
  const add = (line: string, origin: number): void => void (text.push(line), lines.push(origin))
  const imports = new Map(parts.flat().flatMap((part) => [...part.imports]))
  for (const [line, origin] of imports) add(line, origin)
  parts.forEach((pair, depth) => {
    if (depth > 0) add('{', 0)
    for (const part of pair) part.lines.forEach((line, at) => add(line, part.first + at))
  })
  if (parts.length > 1) add('}'.repeat(parts.length - 1), 0)
  add(`void ${EXPECT}`, 0)
  const [{ file, line } = { file: '', line: 0 }] = chain
  return {
    name: `${file}:${line}`,
    text: text.join('\n'),
    lines,
    hasTests: [...imports.keys()].some((line) =>
      /^import \{ (?:describe|it|test|clusterTest) \} from '(?:simcluster\/)?vitest'/.test(line),
    ),
    typesOnly: chain.some(({ typesOnly }) => typesOnly),
  }
}

/** Takes the imports out, one name each, and makes expectations of the values after `// =>`. */
function read(code: string, first: number): Part {
  const source = ts.createSourceFile('block.ts', code, ts.ScriptTarget.ES2023, true)
  const imports = new Map<string, number>()
  const edits: { readonly from: number; readonly to: number; readonly by: string }[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const origin = first + source.getLineAndCharacterOfPosition(node.getStart()).line
      for (const line of importLines(node)) imports.set(line, origin)
      edits.push({ from: node.getStart(), to: node.getEnd(), by: node.getText().replaceAll(/[^\n]/g, '') })
    } else if (ts.isExpressionStatement(node)) {
      const value = /^[^\S\n]*\/\/ => (.*)/.exec(code.slice(node.getEnd()))?.[1]
      if (value !== undefined) {
        const by = `;${EXPECT}(${node.expression.getText()}).toEqual(${value})`
        edits.push({ from: node.getStart(), to: node.getEnd(), by })
        return
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  let text = code
  for (const { from, to, by } of edits.toReversed()) text = text.slice(0, from) + by + text.slice(to)
  return { imports, lines: text === '' ? [] : text.split('\n'), first }
}

function importLines(node: ts.ImportDeclaration): readonly string[] {
  const from = `from ${node.moduleSpecifier.getText()}`
  const clause = node.importClause
  if (clause === undefined) return [`import ${node.moduleSpecifier.getText()}`]
  const type = clause.phaseModifier === ts.SyntaxKind.TypeKeyword ? 'type ' : ''
  const lines = clause.name === undefined ? [] : [`import ${type}${clause.name.text} ${from}`]
  const { namedBindings } = clause
  if (namedBindings === undefined) return lines
  const named = ts.isNamespaceImport(namedBindings)
    ? [namedBindings.getText()]
    : namedBindings.elements.map((element) => `{ ${element.getText()} }`)
  return [...lines, ...named.map((name) => `import ${type}${name} ${from}`)]
}
