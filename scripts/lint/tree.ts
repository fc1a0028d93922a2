import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { findCircles } from './circles.js'
import { hasRealClock, isCore, isPure, judgeImport, judgePureImport } from './layers.js'
import type { Found } from './bounds.js'
import { readSource, type SourceFacts } from './source.js'

/** One breach of the house rules; `file` is relative to the source folder. */
export interface Violation {
  readonly file: string
  readonly line: number
  readonly message: string
}

/** The source files of a folder by their path relative to it. */
export type SourceTree = ReadonlyMap<string, SourceFacts>

/** Reads every TypeScript file below a folder, in the order of their paths. */
export function readTree(root: string): SourceTree {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => file.split(sep).join('/'))
    .toSorted()
  return new Map(files.map((file) => [file, readSource(file, readFileSync(join(root, file), 'utf8'))]))
}

/**
 * Checks the layers, the purity of evaluators, import circles, and that the core touches neither Node nor
 * real time.
 */
export function lintTree(tree: SourceTree): readonly Violation[] {
  const violations: Violation[] = []
  for (const [file, facts] of tree) {
    for (const found of facts.imports) {
      const message = judgeSpecifier(tree, file, found)
      if (message) violations.push({ file, line: found.line, message })
    }
    for (const { line, text } of facts.unbounded)
      violations.push({ file, line, message: `${text}: bound it, and say how: // bounded: ...` })
    if (!isCore(file) || hasRealClock(file)) continue
    for (const { line, text } of facts.impure)
      violations.push({ file, line, message: `the core must not use ${text}` })
  }
  return [...violations, ...lintPurity(tree), ...lintCircles(tree)]
}

function judgeSpecifier(tree: SourceTree, file: string, { text }: Found): string | undefined {
  if (text.startsWith('node:')) return isCore(file) ? `the core must not import ${text}` : undefined
  // the entry for vitest is an ES module, and shares the library with what tests import: kept-code.md
  if (file === 'vitest.ts' && text.startsWith('simcluster/')) return undefined
  if (text === 'simcluster' || text.startsWith('simcluster/'))
    return `import the file, not the package itself (${text})`
  if (!text.startsWith('.')) return undefined
  const target = resolve(file, text)
  if (target.startsWith('..')) return `${text} is outside src`
  if (!tree.has(target)) return `${text} is no file of src`
  return judgeImport(file, target)
}

/** Follows what each evaluator imports from its own folder. */
function lintPurity(tree: SourceTree): Violation[] {
  const violations: Violation[] = []
  const pure = new Set([...tree.keys()].filter(isPure))
  for (const file of pure) {
    for (const { line, text } of tree.get(file)?.imports ?? []) {
      if (!text.startsWith('.')) continue
      const target = resolve(file, text)
      const message = judgePureImport(file, target)
      if (message) violations.push({ file, line, message })
      else if (!target.startsWith('api/') && tree.has(target)) pure.add(target)
    }
  }
  return violations
}

function lintCircles(tree: SourceTree): Violation[] {
  const graph = new Map(
    [...tree].map(([file, { imports }]) => [
      file,
      imports
        .filter(({ text }) => text.startsWith('.'))
        .map(({ text }) => resolve(file, text))
        .filter((target) => tree.has(target)),
    ]),
  )
  return findCircles(graph).map((circle) => {
    const [file = ''] = circle
    const next = circle[1] ?? file
    const line =
      tree.get(file)?.imports.find(({ text }) => text.startsWith('.') && resolve(file, text) === next)
        ?.line ?? 1
    return { file, line, message: `import circle: ${[...circle, file].join(' -> ')}` }
  })
}

function resolve(file: string, specifier: string): string {
  return posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts')
}
